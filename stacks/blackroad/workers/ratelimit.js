/**
 * 100 requests a minute for each user; more get 429 until the minute is over. A counter outlives its minute by one.
 * KV is not counted on across places: near the limit a visitor may get some more through, as the owner's document has it.
 */
const LIMIT = 100;
const MINUTE_MS = 60_000;
const TTL_SECONDS = 120;

export default {
  async fetch(request, env) {
    const who = request.headers.get("X-User-ID") ?? "anonymous";
    const now = Date.now();
    const counter = `rate:${who}:${Math.floor(now / MINUTE_MS)}`;
    const used = Number((await env.RATE_LIMIT.get(counter)) ?? 0);
    if (used >= LIMIT) {
      const left = Math.ceil((MINUTE_MS - (now % MINUTE_MS)) / 1000);
      return new Response("Rate Limited", { status: 429, headers: { "Retry-After": String(left) } });
    }
    await env.RATE_LIMIT.put(counter, String(used + 1), { expirationTtl: TTL_SECONDS });
    return new Response(null, { status: 204 });
  },
};
