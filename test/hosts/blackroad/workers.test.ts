/** What each of the fleet's Workers answers, run here as it is uploaded, with namespaces and Workers made up around it. */
import { createHash, createHmac } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { KvNamespace } from "./kv.ts";

interface Worker {
  fetch(request: Request, env: Record<string, unknown>): Promise<Response>;
}
const worker = async (name: string): Promise<Worker> =>
  ((await import(`../../../stacks/blackroad/workers/${name}.js`)) as { default: Worker }).default;
const asked = (url: string, headers: Record<string, string> = {}) => new Request(url, { headers });

beforeEach(() => void vi.useFakeTimers({ now: new Date("2026-01-01T00:00:10Z") }));
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("auth", async () => {
  const auth = await worker("auth");
  const key = `br_${"k".repeat(43)}`;
  const AUTH = new KvNamespace({
    [`key:${createHash("sha256").update(key).digest("hex")}`]: JSON.stringify({ userId: "u1" }),
    [`key:${createHash("sha256").update("xx_other").digest("hex")}`]: JSON.stringify({ userId: "u2" }),
    [`key:${key}`]: JSON.stringify({ userId: "in clear" }),
  });
  test.each([
    ["a known key", { "X-API-Key": key }, 204, "u1"],
    ["no key", {}, 401, null],
    ["an empty key", { "X-API-Key": "" }, 401, null],
    ["a key that nobody has", { "X-API-Key": `br_${"z".repeat(43)}` }, 403, null],
    ["a known text without the prefix", { "X-API-Key": "xx_other" }, 403, null],
    ["who it says it is, without a key", { "X-User-ID": "u1" }, 401, null],
  ])("%s", async (_, headers, status, user) => {
    const answer = await auth.fetch(asked("https://auth/check", headers), { AUTH });
    expect([answer.status, answer.headers.get("X-User-ID")]).toEqual([status, user]);
  });
  test("the key itself is asked of no namespace", () => expect(AUTH.asked.join()).not.toContain(key));
});

describe("ratelimit", async () => {
  const limit = await worker("ratelimit");
  const take = async (RATE_LIMIT: KvNamespace, user: string) =>
    limit.fetch(asked("https://ratelimit/take", { "X-User-ID": user }), { RATE_LIMIT });

  test("a hundred in a minute, then 429 with when to come again; another user and another minute are let in", async () => {
    const kv = new KvNamespace();
    const first = [];
    for (let i = 0; i < 100; i++) first.push((await take(kv, "u1")).status);
    expect(new Set(first)).toEqual(new Set([204]));
    const refused = await take(kv, "u1");
    expect([refused.status, refused.headers.get("Retry-After")]).toEqual([429, "50"]);
    expect((await take(kv, "u2")).status).toBe(204);
    vi.advanceTimersByTime(50_000);
    expect((await take(kv, "u1")).status).toBe(204);
  });
  test("a counter goes after 120 s", async () => {
    const kv = new KvNamespace();
    await take(kv, "u1");
    expect(kv.ttls).toEqual([120]);
  });
});

describe("edge-gateway", async () => {
  const gateway = await worker("edge-gateway");
  const answering = (status: number, headers = {}) => ({
    fetch: vi.fn(async (_: Request) => new Response(null, { status, headers })),
  });
  const world = (auth = answering(204, { "X-User-ID": "u1" }), ratelimit = answering(204)) => {
    const behind = vi.fn(async (_: Request) => new Response("from the tunnel"));
    vi.stubGlobal("fetch", behind);
    return { behind, env: { AUTH: auth, RATELIMIT: ratelimit, TELEMETRY: answering(204) } };
  };

  test.each(["api", "agents", "llm"])("%s.blackroad.io leads on to its tunnel, with who asks", async (name) => {
    const { behind, env } = world();
    const url = `https://${name}.blackroad.io/v1?q=1`;
    const answer = await gateway.fetch(asked(url, { "X-User-ID": "somebody else" }), env);
    expect(await answer.text()).toBe("from the tunnel");
    const [passed] = behind.mock.calls[0]!;
    expect([passed.url, passed.headers.get("X-User-ID")]).toEqual([url, "u1"]);
    expect(env.AUTH.fetch.mock.calls[0]![0].headers.get("X-User-ID")).toBeNull();
  });
  test.each([
    ["another name", "https://other.blackroad.io/", {}, 404],
    ["no key", "https://api.blackroad.io/", { auth: answering(401) }, 401],
    ["a wrong key", "https://api.blackroad.io/", { auth: answering(403) }, 403],
    ["too many", "https://llm.blackroad.io/", { ratelimit: answering(429) }, 429],
  ] as const)(
    "%s leads nowhere",
    async (
      _,
      url,
      parts: { auth?: ReturnType<typeof answering>; ratelimit?: ReturnType<typeof answering> },
      status,
    ) => {
      const { behind, env } = world(parts.auth, parts.ratelimit);
      expect((await gateway.fetch(asked(url), env)).status).toBe(status);
      expect(behind).not.toHaveBeenCalled();
    },
  );
  test("the health of an API is answered without a key", async () => {
    const { env } = world(answering(401));
    expect((await gateway.fetch(asked("https://api.blackroad.io/health"), env)).status).toBe(200);
  });
  test("what programs tell goes to telemetry, with a key alone", async () => {
    const { behind, env } = world();
    const told = () => new Request("https://api.blackroad.io/telemetry", { method: "POST", body: "[]" });
    expect((await gateway.fetch(told(), env)).status).toBe(204);
    expect(env.TELEMETRY.fetch).toHaveBeenCalledOnce();
    expect(behind).not.toHaveBeenCalled();
    expect((await gateway.fetch(told(), world(answering(401)).env)).status).toBe(401);
  });
});

describe("billing", async () => {
  const billing = await worker("billing");
  const STRIPE_WEBHOOK_SECRET = `whsec_${"w".repeat(24)}`;
  const body = JSON.stringify({ id: "evt_1", type: "invoice.paid" });
  const signature = (secret = STRIPE_WEBHOOK_SECRET, at = Date.now() / 1000) => {
    const time = Math.floor(at);
    return `t=${time},v1=${createHmac("sha256", secret).update(`${time}.${body}`).digest("hex")}`;
  };
  const told = (header: string, method = "POST") =>
    new Request("https://api.blackroad.io/stripe/webhook", {
      method,
      headers: { "Stripe-Signature": header },
      ...(method === "POST" && { body }),
    });
  test.each([
    ["signed", () => told(signature()), 204, 1],
    ["signed by another", () => told(signature("whsec_other")), 400, 0],
    ["signed long ago", () => told(signature(STRIPE_WEBHOOK_SECRET, Date.now() / 1000 - 600)), 400, 0],
    ["not signed", () => told(""), 400, 0],
    ["a signature that is none", () => told(`t=${Date.now() / 1000},v1=zz`), 400, 0],
    ["a GET", () => told(signature(), "GET"), 405, 0],
  ])("%s", async (_, request, status, kept) => {
    const BILLING = new KvNamespace();
    expect((await billing.fetch(request(), { BILLING, STRIPE_WEBHOOK_SECRET })).status).toBe(status);
    expect(BILLING.puts).toBe(kept);
  });
  test("an event that comes again is kept once", async () => {
    const BILLING = new KvNamespace();
    for (let i = 0; i < 2; i++) await billing.fetch(told(signature()), { BILLING, STRIPE_WEBHOOK_SECRET });
    expect(BILLING.puts).toBe(1);
  });
});

describe("telemetry", async () => {
  const telemetry = await worker("telemetry");
  const database = () => {
    const rows: unknown[] = [];
    const prepare = () => ({ run: async () => {}, bind: (...row: unknown[]) => row });
    return { rows, LOGS: { prepare, batch: async (list: unknown[]) => void rows.push(...list) } };
  };
  const told = (body: string) => new Request("https://telemetry/", { method: "POST", body });
  test.each([
    ["two lines", '[{"a":1},"b"]', 204, ['{"a":1}', '"b"']],
    ["none", "[]", 204, []],
    ["no list", '{"a":1}', 400, []],
    ["no JSON", "hello", 400, []],
    ["too many", JSON.stringify(Array.from({ length: 501 }, () => 1)), 413, []],
  ])("%s", async (_, body, status, lines) => {
    const { rows, LOGS } = database();
    expect((await telemetry.fetch(told(body), { LOGS })).status).toBe(status);
    expect(rows.map((row) => (row as unknown[])[1])).toEqual(lines);
  });
});
