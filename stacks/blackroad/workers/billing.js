/**
 * Takes Stripe's webhooks: an event whose signature is right and fresh is kept once, by its id. What becomes of it is
 * the owner's program's to say.
 */
const TOLERANCE_SECONDS = 300;

export default {
  async fetch(request, env) {
    if (request.method !== "POST") return new Response("Method Not Allowed", { status: 405 });
    const body = await request.text();
    if (!(await isSigned(request.headers.get("Stripe-Signature") ?? "", body, env.STRIPE_WEBHOOK_SECRET)))
      return new Response("Invalid signature", { status: 400 });
    const event = JSON.parse(body);
    // Stripe sends an event again until it is answered.
    if ((await env.BILLING.get(`event:${event.id}`)) === null) await env.BILLING.put(`event:${event.id}`, body);
    return new Response(null, { status: 204 });
  },
};

/** Stripe's scheme: HMAC-SHA256 of "TIME.BODY", as t=TIME,v1=HEX. */
async function isSigned(header, body, secret) {
  const parts = header.split(",").map((part) => part.split("="));
  const time = parts.find(([name]) => name === "t")?.[1];
  if (!time || Math.abs(Date.now() / 1000 - Number(time)) > TOLERANCE_SECONDS) return false;
  const usage = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(secret), usage, false, ["verify"]);
  const signed = new TextEncoder().encode(`${time}.${body}`);
  const given = parts.filter(([name, hex]) => name === "v1" && /^[0-9a-f]{64}$/.test(hex));
  const answers = given.map(([, hex]) =>
    crypto.subtle.verify(
      "HMAC",
      key,
      Uint8Array.from(hex.match(/../g), (byte) => parseInt(byte, 16)),
      signed,
    ),
  );
  return (await Promise.all(answers)).includes(true);
}
