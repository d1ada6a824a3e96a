import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { hasBearerToken } from "../../src/lab/clouds/http/auth.ts";
import { Faults, type FaultRule } from "../../src/lab/clouds/http/faults.ts";
import { RequestLog } from "../../src/lab/clouds/http/log.ts";
import { startCloud, type RunningCloud } from "../../src/lab/clouds/http/server.ts";
import { CloudError, type CloudDefinition, type Route } from "../../src/lab/clouds/http/types.ts";
import { Store } from "../../src/lab/clouds/store.ts";

const token = crypto.randomUUID();
const bearer = { Authorization: `Bearer ${token}` };
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

function toyCloud(routes: Route[]): CloudDefinition {
  return {
    name: "toy",
    basePath: "/v1",
    routes,
    authorize: (request) => {
      if (!hasBearerToken(request, token)) throw new CloudError(401, "unauthorized", "no");
    },
    renderError: (error) => ({ oops: error.code }),
    errorForStatus: (status) => new CloudError(status, `status_${status}`, "toy"),
    requestsPerHour: 3600,
    allowanceHeaders: ({ limit, remaining }) => ({ "X-Limit": String(limit), "X-Left": String(remaining) }),
  };
}

interface Toy extends RunningCloud {
  made: string[];
  log: RequestLog;
  faults: Faults;
}

async function startToy(): Promise<Toy> {
  const made: string[] = [];
  const store = new Store(":memory:");
  const log = new RequestLog(store);
  const faults = new Faults();
  const routes: Route[] = [
    { method: "GET", path: "/things/{id}", handle: ({ params }) => ({ body: params }) },
    { method: "GET", path: "/things/special", handle: () => ({ body: { id: "literal" } }) },
    {
      method: "POST",
      path: "/things",
      handle: (request) => ({
        status: 201,
        body: { made: made.push((request.json() as { name: string }).name) },
      }),
    },
    { method: "DELETE", path: "/things/{id}", handle: () => ({}) },
    { method: "GET", path: "/raw", handle: () => ({ body: Buffer.from("raw") }) },
    {
      method: "GET",
      path: "/crash",
      handle: () => {
        throw new TypeError("a bug");
      },
    },
    {
      method: "PUT",
      path: "/form",
      handle: async (request) => ({ body: Object.fromEntries((await request.form()).entries()) }),
    },
  ];
  const cloud = await startCloud(toyCloud(routes), { log, faults });
  closing.push(cloud.close);
  return { ...cloud, made, log, faults };
}

describe("a local cloud answers", () => {
  const cases: [
    name: string,
    method: string,
    path: string,
    body: string | undefined,
    status: number,
    reply: unknown,
  ][] = [
    ["a placeholder, decoded", "GET", "/things/a%2Fb", undefined, 200, { id: "a/b" }],
    ["a literal segment before a placeholder", "GET", "/things/special", undefined, 200, { id: "literal" }],
    ["a JSON body", "POST", "/things", '{"name":"x"}', 201, { made: 1 }],
    ["nothing as 204", "DELETE", "/things/1", undefined, 204, ""],
    ["a raw body", "GET", "/raw", undefined, 200, "raw"],
    ["broken JSON", "POST", "/things", "{", 400, { oops: "status_400" }],
    ["an unknown path", "GET", "/nothing", undefined, 404, { oops: "status_404" }],
    ["a path outside the base path", "GET", "/../things/1", undefined, 404, { oops: "status_404" }],
    ["a wrong method", "PUT", "/things/1", undefined, 405, { oops: "status_405" }],
    ["a handler that crashes", "GET", "/crash", undefined, 500, { oops: "status_500" }],
  ];
  test.each(cases)("%s", async (_name, method, path, body, status, expected) => {
    const { url } = await startToy();
    const response = await fetch(url + path, { method, headers: bearer, body });
    const text = await response.text();
    expect([response.status, typeof expected === "string" ? text : JSON.parse(text)]).toEqual([status, expected]);
  });

  test("multipart forms", async () => {
    const { url } = await startToy();
    const form = new FormData();
    form.set("field", "value");
    const response = await fetch(`${url}/form`, { method: "PUT", headers: bearer, body: form });
    expect(await response.json()).toEqual({ field: "value" });
  });

  test.each([
    ["none", {}],
    ["a wrong one", { Authorization: "Bearer nonsense" }],
  ])("401 with %s as token", async (_name, headers) => {
    const { url } = await startToy();
    expect((await fetch(`${url}/things/1`, { headers })).status).toBe(401);
  });

  test("with what is left of the allowance", async () => {
    const { url } = await startToy();
    await fetch(`${url}/raw`, { headers: bearer });
    const { headers } = await fetch(`${url}/raw`, { headers: bearer });
    expect([headers.get("x-limit"), headers.get("x-left")]).toEqual(["3600", "3598"]);
  });

  test("nothing any more once it is closed, also with a connection held open", async () => {
    const cloud = await startToy();
    await fetch(`${cloud.url}/raw`, { headers: bearer });
    await cloud.close();
    await expect(fetch(`${cloud.url}/raw`)).rejects.toThrow("fetch failed");
  });
});

describe("faults", () => {
  const post = (url: string, name: string): Promise<number | "lost"> =>
    fetch(`${url}/things`, { method: "POST", headers: bearer, body: JSON.stringify({ name }) }).then(
      (r) => r.status,
      () => "lost",
    );

  const cases: [name: string, rules: FaultRule[], replies: (number | "lost")[], made: number][] = [
    ["none", [], [201, 201], 2],
    ["429 once", [{ fault: "status", status: 429, times: 1 }], [429, 201], 1],
    ["500 until cleared", [{ fault: "status" }], [500, 500], 0],
    ["a lost reply, after the change", [{ fault: "lost-reply", times: 1 }], ["lost", 201], 2],
    ["one for another method", [{ method: "GET", fault: "status" }], [201, 201], 2],
    ["one for another path", [{ path: "/other/*", fault: "status" }], [201, 201], 2],
    ["one for another cloud", [{ cloud: "elsewhere", fault: "status" }], [201, 201], 2],
    ["one for a pattern", [{ method: "post", path: "/th*s", fault: "status", status: 503, times: 1 }], [503, 201], 1],
    [
      "two, one after the other",
      [
        { fault: "status", status: 429, times: 1 },
        { fault: "status", status: 502, times: 1 },
      ],
      [429, 502],
      0,
    ],
  ];
  test.each(cases)("%s", async (_name, rules, replies, count) => {
    const { url, made, faults } = await startToy();
    rules.forEach((rule) => faults.add(rule));
    expect([await post(url, "a"), await post(url, "b")]).toEqual(replies);
    expect(made).toHaveLength(count);
  });

  test("the vendor's own error of a status", async () => {
    const { url, faults } = await startToy();
    faults.add({ fault: "status", status: 412, code: "quota_exceeded" });
    const response = await fetch(`${url}/raw`, { headers: bearer });
    expect([response.status, await response.json()]).toEqual([412, { oops: "quota_exceeded" }]);
  });

  test("slow by so many milliseconds", async () => {
    const { url, faults } = await startToy();
    faults.add({ fault: "slow", ms: 120, times: 1 });
    const started = performance.now();
    expect(await post(url, "a")).toBe(201);
    expect(performance.now() - started).toBeGreaterThan(115);
  });

  test("a 429 says when to come back", async () => {
    const { url, faults } = await startToy();
    faults.add({ fault: "status", status: 429 });
    expect((await fetch(`${url}/raw`, { headers: bearer })).headers.get("retry-after")).toBe("1");
  });

  test("are listed with their hits and cleared by id", () => {
    const faults = new Faults();
    const first = faults.add({ fault: "status" });
    faults.add({ fault: "slow" });
    faults.take("toy", "GET", "/x");
    expect(faults.list().map(({ id, hits }) => [id, hits])).toEqual([
      [1, 1],
      [2, 0],
    ]);
    expect([faults.clear(first.id), faults.list().length, faults.clear(), faults.clear()]).toEqual([1, 1, 1, 0]);
  });

  test.each<[string, FaultRule]>([
    ["no error", { fault: "status", status: 200 }],
    ["times 0", { fault: "slow", times: 0 }],
    ["is unknown", { fault: "gremlin" as "slow" }],
  ])("a rule that can never strike is refused: %s", (message, rule) => {
    expect(() => new Faults().add(rule)).toThrow(message);
  });
});

test("an API with one path for all is routed, logged and made to fail by the path that it is given", async () => {
  const log = new RequestLog(new Store(":memory:"));
  const faults = new Faults();
  faults.add({ fault: "status", path: "/do/harm" });
  const routes: Route[] = [{ method: "POST", path: "/do/{what}", handle: ({ params }) => ({ body: params }) }];
  const cloud = await startCloud(
    { ...toyCloud(routes), pathOf: ({ raw }) => `/do/${raw.toString()}` },
    { log, faults },
  );
  closing.push(cloud.close);
  const ask = (body: string) => fetch(cloud.url, { method: "POST", headers: bearer, body }).then((r) => r.status);
  expect([await ask("good"), await ask("harm")]).toEqual([200, 500]);
  expect(log.last(5).map(({ path }) => path)).toEqual(["/do/good", "/do/harm"]);
});

describe("the request log", () => {
  test("keeps what was asked, never the query, body or token", async () => {
    const { url, log } = await startToy();
    await fetch(`${url}/things/7?name=hidden`, { headers: bearer });
    expect(log.last(5)).toEqual([
      {
        time: expect.any(String),
        cloud: "toy",
        method: "GET",
        path: "/things/7",
        status: 200,
        milliseconds: expect.any(Number),
        bytes: 10,
      },
    ]);
  });

  test("is cut to the last ten thousand", () => {
    const log = new RequestLog(new Store(":memory:"));
    const line = { time: "", cloud: "toy", method: "GET", status: 200, milliseconds: 1, bytes: 0 };
    for (let i = 1; i <= 12_000; i++) log.add({ ...line, path: `/${i}` });
    const kept = log.last(20_000);
    expect([kept.length, kept[0]?.path, kept.at(-1)?.path]).toEqual([10_000, "/2001", "/12000"]);
  });
});

describe("the store", () => {
  const file = (): string => {
    const folder = mkdtempSync(join(tmpdir(), "fleet-store-"));
    closing.push(async () => rmSync(folder, { recursive: true }));
    return join(folder, "clouds.sqlite");
  };

  test("outlives its process, counters too", () => {
    const path = file();
    const before = new Store(path);
    before.collection<{ n: number }>("toy", "thing").put(1, { n: 1 });
    expect([before.nextId("toy", 100), before.nextId("toy", 100)]).toEqual([100, 101]);
    // Not closed: as after a kill.
    const after = new Store(path);
    expect(after.collection("toy", "thing").list()).toEqual([{ n: 1 }]);
    expect(after.nextId("toy", 100)).toBe(102);
  });

  test("keeps kinds apart, order as made, and says what was there", () => {
    const store = new Store(":memory:");
    const things = store.collection<{ n: number }>("toy", "thing");
    [3, 1, 2].forEach((n) => things.put(n, { n }));
    things.put(3, { n: 30 });
    expect(things.list().map(({ n }) => n)).toEqual([30, 1, 2]);
    expect(store.collection("toy", "other").list()).toEqual([]);
    expect([things.delete(1), things.delete(1), things.get(1)]).toEqual([true, false, undefined]);
  });

  test("refuses changes behind its back", () => {
    const thing = new Store(":memory:").collection<{ deep: { n: number } }>("toy", "thing").put(1, { deep: { n: 1 } });
    expect(() => (thing.deep.n = 2)).toThrow(TypeError);
  });

  test("takes 2,000 records", () => {
    const records = new Store(file()).collection<{ id: string; name: string }>("toy", "record");
    for (let i = 0; i < 2000; i++) records.put(i, { id: String(i), name: `host-${i}.example.com` });
    expect(records.list().filter(({ name }) => name === "host-1999.example.com")).toHaveLength(1);
  });
});
