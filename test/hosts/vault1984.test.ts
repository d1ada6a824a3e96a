import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadFleet, ROOT } from "../../src/load/fleet.ts";
import { monthlyCost } from "../../src/model/fleet.ts";
import type { AwsHost } from "../../src/model/host.ts";
import { servicesOf } from "../../services/wireguard/mesh.ts";
import { contextOf } from "../../src/model/host.ts";
import { hasGo, pilotDigest, stagesOf } from "../../src/model/rollout.ts";
import { isActive } from "../../src/model/status.ts";
import { checkFleet } from "../../src/rules/check.ts";
import { goLive } from "../../stacks/vault1984/parts.ts";
import { spoke } from "../../stacks/vault1984/spoke.ts";
import declare from "../../stacks/vault1984/fleet.ts";
import { answered } from "./answered.ts";
import { defaultsTable } from "./defaults-table.ts";
import { secretsExample } from "./secrets-example.ts";

const { fleet } = await loadFleet("vault1984");
const docs = await readFile(join(ROOT, "docs/fleets/vault1984.md"), "utf8");
const spokes = fleet.hosts.filter((h): h is AwsHost => h.kind === "aws");
const hostOf = (name: string) => fleet.hosts.find((h) => h.name === name)!;

test("the fleet has no findings", () => expect(checkFleet(fleet)).toEqual([]));

/** As its owner would say it, whether or not the files do already. */
const withGo = () => ({
  ...fleet,
  rollout: { ...fleet.rollout!, go: { by: "owner", on: "2026-11-29", pilot: pilotDigest(fleet) } },
});

test("nobody's go is in the files: the first up makes the pilot and nothing else", () => {
  expect(fleet.rollout!.go).toBe(false);
  expect([hasGo(fleet), hasGo(withGo())]).toEqual([false, true]);
});

test("twenty regions and a hub, as the document's table has them", () => {
  expect(spokes.map((h) => `${h.name} ${h.region} ${h.mesh}`)).toHaveLength(20);
  expect(new Set(spokes.map((h) => h.region)).size).toBe(20);
  expect(
    [...spokes].sort((a, b) => Number(a.mesh!.split(".")[3]) - Number(b.mesh!.split(".")[3])).map((h) => h.name),
  ).toEqual([
    "virginia",
    "ncalifornia",
    "montreal",
    "mexicocity",
    "saopaulo",
    "london",
    "paris",
    "frankfurt",
    "spain",
    "stockholm",
    "uae",
    "telaviv",
    "capetown",
    "mumbai",
    "singapore",
    "jakarta",
    "malaysia",
    "sydney",
    "seoul",
    "hongkong",
  ]);
  expect(hostOf("zurich")).toMatchObject({ kind: "static", ipv4: "185.218.204.47", mesh: "10.84.0.1" });
});

test("spokes differ in their data only: name, region, mesh address, and what is made of these", async () => {
  const shape = (host: AwsHost) =>
    JSON.stringify({
      ...host,
      services: host.services.map((s) => [s.name, s.render({ ...contextOf(host), standIns: true })]),
    })
      .replaceAll(host.name, "NAME")
      .replaceAll(host.region, "REGION")
      .replaceAll(host.mesh!, "MESH");
  // Virginia answers for the apex as well.
  expect(new Set(spokes.filter((h) => h.name !== "virginia").map(shape)).size).toBe(1);
  const folder = join(ROOT, "hosts/vault1984");
  for (const { name, region, mesh } of spokes) {
    expect(await readFile(join(folder, `${name}.ts`), "utf8")).toBe(
      `import { spoke } from "../../stacks/vault1984/spoke.ts";\n\n` +
        `export default spoke({ name: "${name}", region: "${region}", mesh: "${mesh}" });\n`,
    );
  }
  expect((await readdir(folder)).length).toBe(21);
});

test("everything of the inventory is there", () => {
  const names = (host: string) => servicesOf(fleet)(hostOf(host)).map((s) => s.name);
  expect(names("seoul")).toEqual(
    expect.arrayContaining([
      "vault1984",
      "heartbeat",
      "certificate-watchdog",
      "wireguard",
      "ssh-mesh",
      "firewall",
      "time-sync",
      "nix-gc",
    ]),
  );
  expect(names("zurich")).toEqual(
    expect.arrayContaining([
      "wireguard",
      "uptime-kuma",
      "ntfy",
      "openclaw-noc-agent",
      "nginx",
      "firewall",
      ...spokes.map((s) => `kuma-monitor-${s.name}`),
    ]),
  );
  expect(fleet.zones[0]!.records.map((r) => r.name).sort()).toEqual(
    ["noc", "soc", "@", "www", ...spokes.map((s) => s.name)].sort(),
  );
  expect(fleet.edge.loadBalancers.map((b) => b.status)).toEqual(["planned"]);
});

test("the pilot of three goes first, Virginia with it, then four batches", () => {
  expect(stagesOf(fleet).map((s) => [s.name, s.hosts.length])).toEqual([
    ["the pilot", 4],
    ["batch 1 of 4", 5],
    ["batch 2 of 4", 5],
    ["batch 3 of 4", 5],
    ["batch 4 of 4", 2],
  ]);
  expect(stagesOf(fleet)[0]!.hosts).toContain("virginia");
});

test("the pilot is within the ceiling; with a go all that is made is above it, which is its owner's to decide", () => {
  expect(monthlyCost(fleet)).toEqual({ eur: [3.9, 3.9], usd: [145.8, 157.4] });
  const given = withGo();
  expect(checkFleet(given).map(({ message }) => message)).toEqual([
    "the fleet costs €3.9 + $145.8–157.4/month ($161.69), more than its budget of $100/month",
  ]);
  expect(checkFleet({ ...given, budget: { usd: 165, usdPerEur: 1.1 } })).toEqual([]);
  expect(docs).toContain("$145.80 to $157.40");
});

test("before the go-live the apex and www lead nowhere, and after it their certificates are watched too", () => {
  const root = fleet.zones[0]!.records.filter(({ name }) => ["@", "www"].includes(name));
  expect(root.map(({ status }) => status)).toEqual([goLive, goLive]);
  const watched = (service: string) =>
    JSON.stringify(
      hostOf("virginia")
        .services.find(({ name }) => name === service)!
        .render(contextOf(hostOf("virginia"))),
    );
  expect(["heartbeat", "certificate-watchdog"].map((name) => watched(name).includes("www.vault1984.com"))).toEqual(
    ["heartbeat", "certificate-watchdog"].map(() => isActive({ status: goLive })),
  );
});

test("one sender tells how a node is, whichever it is", () => {
  const senders = (heartbeatBy: "host" | "vault") => {
    const host = spoke({ name: "a", region: "eu-west-1", mesh: "10.84.0.99", heartbeatBy });
    const vault = host.services.find(({ name }) => name === "vault1984")!.render(contextOf(host));
    return [
      host.services.some(({ name }) => name === "heartbeat"),
      !JSON.stringify(vault.units).includes("VAULT1984_HEARTBEAT=off"),
    ];
  };
  expect([senders("host"), senders("vault")]).toEqual([
    [true, false],
    [false, true],
  ]);
});

describe("a broken fleet is refused", () => {
  const with_ = (change: (host: AwsHost) => Partial<AwsHost>) =>
    declare(fleetHosts().map((h) => (h.name === "seoul" ? ({ ...h, ...change(h as AwsHost) } as typeof h) : h)));
  const fleetHosts = () =>
    fleet.hosts.map((h) =>
      h.name === "zurich" ? { ...h, services: h.services.filter((s) => s.kind !== "kuma-monitor") } : h,
    );
  test.each([
    [
      "public SSH",
      {
        publicPorts: [
          ...hostOf("seoul").publicPorts,
          { protocol: "tcp", range: { from: 22, to: 22 }, exposure: "public" },
        ],
      },
      "policy:no-public-ssh",
    ],
    ["another architecture", { arch: "amd64" }, "policy:arm-only"],
    ["an address that is taken", { mesh: hostOf("london").mesh }, "duplicate-address"],
    ["an address outside the mesh", { mesh: "10.85.0.2" }, "mesh"],
    [
      "a node that waits for another",
      {
        services: [
          ...hostOf("seoul").services,
          { ...hostOf("seoul").services[0]!, name: "other", dependsOn: ["london/vault1984"] },
        ],
      },
      "policy:independent-nodes",
    ],
  ] as const)("%s", (_, change, rule) => {
    expect(
      checkFleet(with_(() => change as unknown as Partial<AwsHost>)).filter((f) => f.rule.includes(rule)),
    ).not.toEqual([]);
  });
  test("a proxied record", () => {
    const [zone] = fleet.zones;
    const proxied = {
      ...fleet,
      zones: [{ ...zone!, records: zone!.records.map((r) => (r.name === "seoul" ? { ...r, proxied: true } : r)) }],
    };
    expect(checkFleet(proxied).map((f) => f.rule)).toEqual(["policy:no-cloudflare-proxy"]);
  });
});

test("a larger type costs more and changes nothing else", () => {
  const [nano, small] = [
    spoke({ name: "a", region: "eu-west-1", mesh: "10.84.0.99" }),
    spoke({ name: "a", region: "eu-west-1", mesh: "10.84.0.99", type: "t4g.small" }),
  ];
  expect([nano.type, nano.monthlyCost, small.type, small.monthlyCost]).toEqual([
    "t4g.nano",
    { usd: 3 },
    "t4g.small",
    { usd: 12 },
  ]);
});

/** Ids of what the document contradicts itself in or leaves open: each has a row that says what was chosen and why. */
const openQuestions = [
  "twenty-one-regions",
  "automation",
  "total-cost",
  "public-ports",
  "soc-internal",
  "hq-status",
  "hub-os",
  "hub-becomes-spoke",
  "soc-front",
  "ntfy-hosting",
  "heartbeat-path",
  "apex-type",
  "pilot",
  "batches",
  "backup",
  "ssh-accounts",
  "aws-network",
  "go",
  "go-live",
  "verified",
  "ceiling",
  "first-boot-ssh",
  "people",
  "openclaw",
  "heartbeat-sender",
  "certificate-names",
  "what-is-there",
  "disk",
  "variables",
  "ram",
];

test("every contradiction and ambiguity of the document has a row that says what was chosen and why", () => {
  expect(openQuestions.filter((id) => !answered(docs).includes(id))).toEqual([]);
});

test("every assumed default is listed", () => {
  expect(docs.split("|---|---|\n").at(-1)).toBe(defaultsTable(fleet));
});

test("secrets.example lists the declared secrets", async () => {
  await expect(secretsExample(fleet)).toMatchFileSnapshot("../../secrets.example/vault1984.md");
});
