import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { coturn } from "../../services/coturn/index.ts";
import { nginx } from "../../services/nginx/index.ts";
import { programs } from "../../stacks/alaivos/programs.ts";
import { loadFleet, ROOT } from "../../src/load/fleet.ts";
import { monthlyCost } from "../../src/model/fleet.ts";
import { contextOf } from "../../src/model/host.ts";
import { ports, showPort } from "../../src/model/port.ts";
import { closedProbes } from "../../src/probes/closed.ts";
import { checkFleet } from "../../src/rules/check.ts";
import { isActive } from "../../src/model/status.ts";
import { secret } from "../../src/model/text.ts";
import { answered } from "./answered.ts";
import { defaultsTable } from "./defaults-table.ts";
import { secretsExample } from "./secrets-example.ts";

const { fleet } = await loadFleet("alaivos");
const hostOf = (name: string) => fleet.hosts.find((h) => h.name === name)!;
const docs = await readFile(join(ROOT, "docs/fleets/alaivos.md"), "utf8");

test("the fleet has no findings", () => {
  expect(checkFleet(fleet)).toEqual([]);
});

describe("a broken fleet has findings", () => {
  const on8300 = nginx({
    sites: [{ name: "ghost.alaivos.com", port: 8300, proxies: [{ path: "/", to: 11436, probe: "/health" }] }],
  });
  const changed = (name: string, change: object) => ({
    ...fleet,
    hosts: fleet.hosts.map((h) => (h.name === name ? { ...h, ...change } : h)),
  });
  const turn = (certificate: string) =>
    coturn({ realm: "alaivos.com", relay: ports(49152, 65535), secret: secret("TURN_SECRET"), certificate });
  test.each([
    [
      "a port that isn't opened",
      changed("ghost-01", { publicPorts: [] }),
      "public-port",
      "ghost-01/nginx listens on 443/tcp",
    ],
    [
      "a secret that isn't declared",
      { ...fleet, secrets: fleet.secrets.filter((s) => s.name !== "TURN_SECRET") },
      "unknown-reference",
      "TURN_SECRET",
    ],
    [
      "a host that is gone",
      { ...fleet, hosts: fleet.hosts.filter((h) => h.name !== "ghost-01") },
      "unknown-reference",
      "ghost-01",
    ],
    [
      "two relays on one host",
      changed("ghost-01", {
        services: [...hostOf("ghost-01").services, { ...turn("ghost.alaivos.com"), name: "second" }],
      }),
      "port-clash",
      "3478/udp",
    ],
    [
      "a certificate that nobody makes",
      changed("cx23", { services: [...hostOf("cx23").services, turn("www.alaivos.com")] }),
      "unknown-reference",
      "certificate-www.alaivos.com",
    ],
    ["a firewall that closes SSH", changed("cx23", { publicPorts: [] }), "way-in", "cx23/firewall closes SSH (22/tcp)"],
    [
      "ports that nothing closes",
      changed("cx23", { services: hostOf("cx23").services.filter((s) => s.name !== "firewall") }),
      "policy:internal-ports",
      "cx23",
    ],
    [
      "the sports cache by the proxied name",
      changed("ghost-01", { services: hostOf("ghost-01").services.map((s) => (s.name === "nginx" ? on8300 : s)) }),
      "proxied-port",
      "https://ghost.alaivos.com:8300",
    ],
    ["a system without apt", changed("cx23", { os: "nixos" }), "platform", "cx23/base"],
    ["an address twice", changed("cx23-b", { ipv4: hostOf("cx23").ipv4 }), "address", "204.168.205.135"],
    ["a bill over the budget", changed("cx23", { monthlyCost: { eur: 40 } }), "budget", "€"],
    [
      "cron without a time zone",
      changed("cx23", { services: hostOf("cx23").services.filter((s) => s.name !== "base") }),
      "time-zone",
      "cx23",
    ],
  ])("%s", (_, broken, rule, words) => {
    const found = checkFleet(broken).map((f) => `${f.rule}: ${f.message}`);
    expect(found.filter((f) => f.includes(rule) && f.includes(words))).not.toEqual([]);
  });
});

test("every host file is under 50 lines", async () => {
  const folder = join(ROOT, "hosts/alaivos");
  const long = await Promise.all(
    (await readdir(folder)).map(
      async (file) => [file, (await readFile(join(folder, file), "utf8")).split("\n").length] as const,
    ),
  );
  expect(long.filter(([, lines]) => lines >= 50)).toEqual([]);
  expect(long.map(([file]) => file).sort()).toEqual(["bishop.ts", "cx23-b.ts", "cx23.ts", "ghost-01.ts"]);
});

test("what the document names is there, and what it plans is switched off", () => {
  const shown = fleet.hosts.filter(isActive).map((h) => [
    h.name,
    h.services
      .filter(isActive)
      .map((s) => s.name)
      .filter((n) => !["base", "secrets-dir"].includes(n)),
  ]);
  expect(Object.fromEntries(shown)).toEqual({
    "ghost-01": [
      "firewall",
      "certificate-ghost.alaivos.com",
      "acme-ghost.alaivos.com",
      "nginx",
      "coturn",
      "ollama",
      "ghost-router",
      "sports-cache",
      "checkup-relay",
      "kokoro-tts",
      "weather-pipeline",
      "tomtom-accounts",
      "traffic-tier-0",
      "airport-pipeline-credentials",
      "rclone",
      "rsync-inbox-cx23",
    ],
    cx23: ["firewall", "tomtom-accounts", "tomtom-snapshots", "rsync-to-ghost-01", "osm-poi-enrichment"],
    "cx23-b": ["firewall", "tomtom-accounts", "secondary-traffic", "ddg-harvester", "airport-pipeline"],
  });
  const plannedThings = [
    ...fleet.hosts,
    ...hostOf("ghost-01").services,
    ...fleet.edge.workers,
    ...fleet.edge.kv,
    ...fleet.secrets,
  ]
    .filter((t) => !isActive(t))
    .map((t) => t.name);
  expect(plannedThings).toEqual([
    "bishop",
    "wrangler",
    "hub",
    "shared-agent-brain",
    "alaivos-biz-kb",
    "WRANGLER_API_TOKEN",
    "SUPABASE_SERVICE_ROLE",
  ]);
});

test("the zone and the edge are those of the document", () => {
  expect(fleet.zones).toMatchObject([
    {
      name: "alaivos.com",
      id: "61aa2fc5577e9f95ec50a60b3e78a001",
      records: [{ type: "A", name: "ghost", proxied: true, target: { ref: "address", name: "ghost-01" } }],
    },
  ]);
  expect(fleet.edge.account).toBe("3c64fc322ef36bd9138c7bc46382f559");
  expect(fleet.edge.buckets).toMatchObject([{ name: "alaivos-models", customDomains: ["cdn.alaivos.com"] }]);
  expect(fleet.edge.workers.filter(isActive).flatMap((w) => w.hostnames)).toEqual(
    ["photon", "search", "places", "banking"].map((n) => `${n}.alaivos.com`),
  );
  expect(fleet.edge.pages.map((p) => [p.name, p.domains])).toEqual([
    ["alaivos-com", ["alaivos.com", "www.alaivos.com"]],
    ["landing", []],
    ["docs", []],
  ]);
  expect(monthlyCost(fleet)).toEqual({ eur: [25, 25], usd: [3, 3] });
});

test("only what the document calls public can be reached from outside", () => {
  const open = fleet.hosts.flatMap((h) =>
    h.services.flatMap((s) => s.ports.filter((p) => p.exposure === "public").map((p) => `${h.name} ${showPort(p)}`)),
  );
  expect(open).toEqual(
    ["80/tcp", "443/tcp", "8300/tcp", "3478/udp", "3478/tcp", "5349/tcp", "49152-65535/udp"].map(
      (p) => `ghost-01 ${p}`,
    ),
  );
});

test("the firewalls let in what the document calls public, and SSH", () => {
  const passed = fleet.hosts.filter(isActive).map((h) => [h.name, h.publicPorts.map(showPort)]);
  expect(Object.fromEntries(passed)).toEqual({
    "ghost-01": ["22/tcp", "80/tcp", "443/tcp", "8300/tcp", "3478/tcp", "3478/udp", "5349/tcp", "49152-65535/udp"],
    cx23: ["22/tcp"],
    "cx23-b": ["22/tcp"],
  });
});

test("what is internal is probed closed", () => {
  expect(
    closedProbes(hostOf("ghost-01").publicPorts, hostOf("ghost-01").services.filter(isActive)).map(
      (p) => p.kind === "tcp" && p.port,
    ),
  ).toEqual(expect.arrayContaining([8100, 11434, 11435, 11436]));
});

test("one line of ghost-01's file decides which model answers", async () => {
  const text = await readFile(join(ROOT, "hosts/alaivos/ghost-01.ts"), "utf8");
  expect(text.match(/^const model = .*$/gm)).toEqual(['const model = "gemma4:e4b";']);
  const told = (model: string) =>
    programs(model)
      .find((p) => p.name === "ghost-router")!
      .render(contextOf(hostOf("ghost-01"))).units["ghost-router.service"]!.text;
  expect(told("qwen3.5:9b")).toBe((told("gemma4:e4b") as string).replace("gemma4:e4b", "qwen3.5:9b"));
  expect(docs).toContain("### Roll back the Ghost model");
});

test("nobody but the relay holds the key of Anthropic", () => {
  const holders = fleet.hosts.flatMap((h) =>
    h.services.filter((s) => JSON.stringify(s.render(contextOf(h))).includes("ANTHROPIC_API_KEY")).map((s) => s.name),
  );
  expect(holders).toEqual(["checkup-relay"]);
});

test("every file with a secret is readable by root alone, but for coturn's own", () => {
  const open = fleet.hosts.flatMap((h) =>
    h.services.flatMap((s) =>
      Object.entries(s.render(contextOf(h)).files)
        .filter(
          ([, f]) =>
            typeof f.content !== "string" &&
            JSON.stringify(f.content).match(/"secret"|"private-key"/) &&
            f.mode !== "0600",
        )
        .map(([path, f]) => `${path} ${f.mode}`),
    ),
  );
  expect(open).toEqual(["/etc/turnserver.conf 0640"]);
});

/** Ids of the inventory's contradictions and ambiguities: each must have a row that says what was chosen and why. */
const openQuestions = [
  "total-cost",
  "sports-cache-port",
  "checkup-key-pending",
  "airport-pipeline-host",
  "manifest-tiers",
  "https-only-port-80",
  "benchmark-order",
  "turn-host-name",
  "port-exposure",
  "cx23-size",
  "region-user-os",
  "cron-times",
  "workers-machine",
  "photon-upstream",
];

test("every contradiction and ambiguity of the document has a row that says what was chosen and why", () => {
  expect(openQuestions.filter((id) => !answered(docs).includes(id))).toEqual([]);
});

test("every assumed default is listed", () => {
  expect(docs.split("|---|---|\n").at(-1)).toBe(defaultsTable(fleet));
});

test("secrets.example lists the declared secrets, all of which something of the fleet uses", async () => {
  await expect(secretsExample(fleet)).toMatchFileSnapshot("../../secrets.example/alaivos.md");
  const used = JSON.stringify([fleet.hosts.map((h) => h.services.map((s) => s.render(contextOf(h)))), fleet.edge]);
  expect(fleet.secrets.filter((s) => !used.includes(`"${s.name}"`))).toEqual([]);
});
