/**
 * Each of the names that programs ask is led on to what answers for it, past auth and the rate limit; everything else
 * is not found. What answers is behind a tunnel: a Worker is in no tailnet. /health is asked by whoever looks whether
 * the way is open, and needs no key.
 */
const GUARDED = new Set(["api.blackroad.io", "agents.blackroad.io", "llm.blackroad.io"]);

export default {
  async fetch(request, env) {
    const { hostname, pathname } = new URL(request.url);
    if (!GUARDED.has(hostname)) return new Response("Not Found", { status: 404 });
    if (pathname === "/health") return fetch(request);
    // Who asks is for auth to say, never for a visitor.
    const clean = new Request(request);
    clean.headers.delete("X-User-ID");
    const who = await env.AUTH.fetch(new Request("https://auth/check", { headers: clean.headers }));
    if (!who.ok) return who;
    clean.headers.set("X-User-ID", who.headers.get("X-User-ID"));
    const allowance = await env.RATELIMIT.fetch(new Request("https://ratelimit/take", { headers: clean.headers }));
    if (!allowance.ok) return allowance;
    if (pathname === "/telemetry") return env.TELEMETRY.fetch(clean);
    // A fetch of the route's own name goes past the Worker to what stands behind it: the tunnel.
    return fetch(clean);
  },
};
