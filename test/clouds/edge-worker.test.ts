import { beforeEach, expect, test } from "vitest";
import { Store } from "../../src/lab/clouds/store.ts";
import { kvPairs } from "../../src/lab/clouds/cloudflare/kv-values.ts";
import { saveScript, type WorkerScript } from "../../src/lab/clouds/cloudflare/workers-store.ts";
import { runWorker } from "../../src/lab/edge/worker.ts";

let store: Store;
beforeEach(() => void (store = new Store(":memory:")));

/** A Worker of the account that answers as the expression says. */
function worker(name: string, answer: string, bindings: object[] = []): WorkerScript {
  const source = `export default { async fetch(request, env) { return ${answer}; } };`;
  return saveScript(store, {
    account: "a",
    name,
    main: "main.js",
    modules: [{ name: "main.js", type: "esm", base64: Buffer.from(source).toString("base64") }],
    settings: { bindings },
    schedules: [],
    subdomain: {},
    etag: `${name} ${answer}`,
    created_on: "",
    modified_on: "",
  });
}
const KV = { type: "kv_namespace", name: "KV", namespace_id: "n" };
const past = (request: Request) =>
  Promise.resolve(new Response(`past ${request.url} ${request.headers.get("x-user")}`));
const answerOf = async (script: WorkerScript) =>
  (await runWorker(store, script, new Request("https://a.example/x", { headers: { "x-user": "ada" } }), past)).text();

test.each<[string, string, object[], string]>([
  ["nothing", 'new Response("plain")', [], "plain"],
  ["a text", "new Response(env.T)", [{ type: "plain_text", name: "T", text: "said" }], "said"],
  ["KV", 'new Response(await env.KV.get("k"))', [KV], "kept"],
  ["KV as JSON", 'new Response((await env.KV.get("json", "json")).a)', [KV], "1"],
  ["a key that is not there", 'new Response(String(await env.KV.get("other")))', [KV], "null"],
  ["a key that is over", 'new Response(String(await env.KV.get("old")))', [KV], "null"],
  ["another Worker", "env.W.fetch(request)", [{ type: "service", name: "W", service: "other" }], "other ada"],
  ["what stands behind it", "fetch(request)", [], "past https://a.example/x ada"],
])("a Worker gets %s", async (_, answer, bindings, said) => {
  const keep = (key: string, value: string, expiration?: number) =>
    kvPairs(store).put(`n/${key}`, {
      namespace: "n",
      key,
      base64: Buffer.from(value).toString("base64"),
      ...(expiration !== undefined && { expiration }),
    });
  keep("k", "kept");
  keep("json", '{"a": 1}');
  keep("old", "over", 1);
  worker("other", 'new Response(`other ${request.headers.get("x-user")}`)');
  expect(await answerOf(worker("it", answer, bindings))).toBe(said);
});

test("what a Worker puts is there for the API, with its end", async () => {
  await answerOf(worker("it", 'await env.KV.put("k", "v", { expirationTtl: 60 }), new Response("")', [KV]));
  const pair = kvPairs(store).get("n/k");
  expect([Buffer.from(pair!.base64, "base64").toString(), pair!.expiration! > Date.now() / 1000 + 50]).toEqual([
    "v",
    true,
  ]);
});

test("a Worker that is bound and not there is an error of the one that asks it", async () => {
  await expect(
    answerOf(worker("it", "env.W.fetch(request)", [{ type: "service", name: "W", service: "gone" }])),
  ).rejects.toThrow("no Worker is called gone");
});
