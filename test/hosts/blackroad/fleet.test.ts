import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadFleet, ROOT } from "../../../src/load/fleet.ts";
import { showSum } from "../../../src/model/cost.ts";
import { kv, worker } from "../../../src/model/edge.ts";
import { monthlyCost } from "../../../src/model/fleet.ts";
import { isActive } from "../../../src/model/status.ts";
import { checkFleet } from "../../../src/rules/check.ts";
import { viewOf } from "../../../src/rules/view.ts";
import { policyFile } from "../../../src/tailnet/policy.ts";
import { workerScript } from "../../../services/stand-in/worker.ts";
import { ollama } from "../../../services/ollama/index.ts";
import { answered } from "../answered.ts";
import { defaultsTable } from "../defaults-table.ts";
import { secretsExample } from "../secrets-example.ts";

const { fleet } = await loadFleet("blackroad");
const docs = await readFile(join(ROOT, "docs/fleets/blackroad.md"), "utf8");
const hostOf = (name: string) => fleet.hosts.find((h) => h.name === name)!;

test("the fleet has no findings", () => expect(checkFleet(fleet)).toEqual([]));

test("seven machines, and what each runs", () => {
  const own = (name: string) =>
    hostOf(name)
      .services.map((s) => (isActive(s) ? s.name : `${s.name} (planned)`))
      .filter((s) => !["base", "secrets-dir", "node-exporter"].includes(s));
  expect(Object.fromEntries(fleet.hosts.map(({ name }) => [name, own(name)]))).toEqual({
    "pi5-alpha": ["website", "lucidia", "api", "cloudflared"],
    "pi5-beta": ["agent-pool-api"],
    "pi5-gamma": ["postgres", "redis", "milvus"],
    "pi400-delta": ["prometheus", "grafana", "loki"],
    "pi0-epsilon": ["blackbox-exporter"],
    "jetson-prime": ["vllm"],
    "droplet-failover": ["failover-page", "cloudflared"],
  });
});

test("what stands at Cloudflare", () => {
  const { workers, kv, d1, buckets, tunnels } = fleet.edge;
  expect(workers.filter(isActive).map((w) => w.name.replace("blackroad-", ""))).toEqual([
    "edge-gateway",
    "auth",
    "ratelimit",
    "billing",
    "telemetry",
  ]);
  expect(kv.map((n) => n.name)).toEqual(["AUTH", "IDENTITY", "RATE_LIMIT", "CACHE", "BILLING", "STATE"]);
  expect([d1.length, buckets.length, tunnels.length]).toEqual([2, 6, 2]);
});

test.each(fleet.edge.workers.filter(isActive).map((w) => [w.name, w.script!]))(
  "the script of %s is here",
  (_, path) => {
    expect(workerScript(ROOT, path, false)).toContain("export default");
  },
);

test("it costs what the document says", () => {
  expect(showSum(monthlyCost(fleet))).toBe("$33–38/month");
});

describe("a fleet that breaks its owner's principles is refused", () => {
  const changed = (name: string, change: object) => ({
    ...fleet,
    hosts: fleet.hosts.map((h) => (h.name === name ? { ...h, ...change } : h)),
  });
  const more = (count: number) => Array.from({ length: count }, (_, i) => `more-${i}`);
  test.each([
    [
      "an open port on a Pi",
      changed("pi5-alpha", { publicPorts: hostOf("droplet-failover").publicPorts }),
      "no-open-ports",
    ],
    [
      "a model on a Pi",
      changed("pi5-beta", { services: [ollama({ model: "qwen2.5:7b", keepAlive: "forever" })] }),
      "models-on-jetson-only",
    ],
    [
      "eleven Workers",
      { ...fleet, edge: { ...fleet.edge, workers: more(11).map((name) => worker({ name })) } },
      "worker-and-kv-limit",
    ],
    [
      "seven namespaces",
      { ...fleet, edge: { ...fleet.edge, kv: more(7).map((name) => kv({ name })) } },
      "worker-and-kv-limit",
    ],
  ])("%s", (_, broken, policy) => {
    expect(checkFleet(broken).map((f) => f.rule)).toContain(`policy:${policy}`);
  });
});

test("the policy file lets everyone reach everything; the docs show what would follow from the fleet", () => {
  const { mesh } = fleet;
  if (mesh?.type !== "tailscale") throw new Error("the fleet has a tailnet");
  expect(policyFile(viewOf(fleet), mesh)).toContain('{"src": ["*"], "dst": ["*"], "ip": ["*"]}');
  // As it will be: what is planned counts for what it needs.
  const all = viewOf(fleet);
  const whole = { ...all, placed: all.placed.map((p) => ({ ...p, active: true })) };
  const hosts = { ...whole.fleet, hosts: fleet.hosts.map((h) => ({ ...h, status: "active" as const })) };
  const derived = policyFile({ fleet: hosts, placed: whole.placed }, mesh, "derived");
  expect(docs).toContain(`\`\`\`json\n${derived}\`\`\``);
});

describe("docs/fleets/blackroad.md", () => {
  test("answers every contradiction and ambiguity of the document", () => {
    expect(answered(docs)).toEqual(
      expect.arrayContaining(
        `grafana-port never-all-addresses llm-internal agents-backend gateway-backend workers-list kv-names failover-automatic model-name
        checklist tailnet-name mesh-addresses postgres-or-sqlite redis-host milvus vllm-or-ollama watchtower pi-zero
        domains status-page systems droplet-region droplet-ssh cloudflared-where backups`.split(/\s+/),
      ),
    );
  });
  test("lists the defaults as they are", () => expect(docs).toContain(defaultsTable(fleet)));
});

test("secrets.example is what the fleet declares", async () => {
  await expect(secretsExample(fleet)).toMatchFileSnapshot(join(ROOT, "secrets.example/blackroad.md"));
});
