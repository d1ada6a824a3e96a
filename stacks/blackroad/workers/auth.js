/**
 * Says whose an API key is. The namespace holds no key: its entries are named by the SHA-256 of one, in hexadecimal, and
 * hold JSON with `userId`. 401 without a key, 403 for one that nobody has.
 */
const KEY = /^br_[\w-]{43}$/;

export default {
  async fetch(request, env) {
    const key = request.headers.get("X-API-Key");
    if (!key) return new Response("Unauthorized", { status: 401 });
    const entry = KEY.test(key) ? await env.AUTH.get(`key:${await sha256(key)}`, "json") : null;
    if (!entry?.userId) return new Response("Invalid API Key", { status: 403 });
    return new Response(null, { status: 204, headers: { "X-User-ID": entry.userId } });
  },
};

async function sha256(text) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
