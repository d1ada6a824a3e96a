/**
 * A service of every kind that the fleets run, on real machines named like its hosts: a failed change is undone byte for
 * byte, a second look and a second run find nothing to do, and what goes leaves the machine as it was.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { servicesOf } from "../../services/wireguard/mesh.ts";
import { loadFleet, ROOT } from "../../src/load/fleet.ts";
import type { Host } from "../../src/model/host.ts";
import type { Service } from "../../src/model/service.ts";
import type { Properties } from "../../src/plugin/types.ts";
import { failure } from "./one-machine.ts";
import { ServiceMachines } from "./every-service/machines.ts";
import { differencesOf, type Seen } from "./every-service/seen.ts";

/** Hosts whose services together are of every kind. */
const HOSTS: Record<string, readonly string[]> = {
  alaivos: ["ghost-01", "cx23", "bishop"],
  vault1984: ["zurich", "frankfurt"],
  blackroad: ["pi5-gamma", "pi400-delta", "pi0-epsilon"],
};
/** Kinds that are not put on a machine here, and why. */
const LEFT_OUT: Record<string, string> = {
  acme: "its certificate comes from an authority: test/lab/certificates.test.ts",
  cloudflared: "its tunnel is at Cloudflare: test/lab/fleet/tunnel.test.ts",
  container: "its images come from a registry: test/lab/container-service.test.ts",
  tailscale: "its machine is in a tailnet: test/lab/tailnet",
  wrangler: "npm brings hundreds of packages with it; what it writes is held by test/services",
};

const fleets = await Promise.all(Object.keys(HOSTS).map((name) => loadFleet(name)));
const onEach = chosen();
let machines: ServiceMachines;

beforeAll(async () => {
  machines = await ServiceMachines.boot(
    "test-every-service",
    onEach,
    fleets.flatMap(({ fleet }) => fleet.secrets),
  );
});
afterAll(() => machines?.end());

/** Of each kind the first, with what it depends on, each after those. */
function chosen(): Map<Host, Service[]> {
  const kinds = new Set(Object.keys(LEFT_OUT));
  const onEach = new Map<Host, Service[]>();
  for (const { fleet } of fleets)
    for (const host of fleet.hosts.filter(({ name }) => HOSTS[fleet.name]!.includes(name))) {
      // A spoke waits until it has shaken hands with its hub, which is no other machine here.
      const isSpoke = fleet.mesh?.type === "wireguard" && fleet.mesh.hub !== host.name;
      // Nor is there a tailnet.
      const apart = ["tailscale", ...(isSpoke ? ["wireguard"] : [])];
      const all = servicesOf(fleet)(host).filter(({ kind }) => !apart.includes(kind));
      const services: Service[] = [];
      const add = (service: Service | undefined): void => {
        if (!service || services.includes(service)) return;
        for (const name of service.dependsOn) add(all.find((each) => each.name === name));
        // NixOS's own firewall lets SSH in by the mesh alone then, and this test does not come by it.
        if (service.kind === "ssh-mesh") add(all.find(({ kind }) => kind === "firewall"));
        services.push(service);
        kinds.add(service.kind);
      };
      for (const service of all) if (!kinds.has(service.kind)) add(service);
      onEach.set(host, services);
    }
  return onEach;
}

test("no kind is forgotten", async () => {
  const folders = await readdir(join(ROOT, "services"));
  const kinds = await Promise.all(
    folders.map(async (folder) => {
      const text = await readFile(join(ROOT, "services", folder, "index.ts"), "utf8").catch(() => "");
      return /\bservice\(/.test(text) ? [folder] : [];
    }),
  );
  const covered = [...onEach.values()].flat().map(({ kind }) => kind);
  expect([...new Set([...covered, ...Object.keys(LEFT_OUT)])].sort()).toEqual(kinds.flat().sort());
});

test.each([...onEach].map(([host, services]) => [host.name, host, services] as const))(
  "%s",
  { timeout: 300_000 },
  async (_, host, services) => {
    const begun: { service: Service; before: Seen; state: Properties }[] = [];
    for (const service of services) {
      const before = await machines.seen(host.name);
      // Those that run already go on writing.
      const others = begun.flatMap((each) => ofPrograms(host, each.service));
      await undone(host, service, before, others);
      begun.push({ service, before, state: await settled(host, service, others) });
    }
    const kept = begun.flatMap((each) => ofPrograms(host, each.service));
    for (const { service, before, state } of begun.toReversed()) {
      await machines.remove(state);
      kept.push(...stays(host, service));
      expect(differencesOf(before, await machines.seen(host.name), kept), `after ${service.name} went`).toEqual([]);
    }
  },
);

/** With one check more, that fails. */
async function undone(host: Host, service: Service, before: Seen, others: readonly string[]): Promise<void> {
  const checks = [{ kind: "command", command: "false", within: 1 }];
  const { message } = await failure(machines.create(machines.inputs(host, service, { checks })));
  expect(message).toContain("put back");
  const after = await machines.seen(host.name);
  const owners = host.os === "nixos" ? [] : ownersOfData(host, service, after);
  const stay = [
    JOURNAL,
    ...others,
    ...ofPrograms(host, service),
    ...owners.flatMap((name) => [`passwd ${name}`, `group ${name}`, ...groupsOf(host, service, name)]),
  ];
  expect(differencesOf(before, after, stay), `${service.name} undone`).toEqual([]);
  for (const name of owners) expect(after.has(`passwd ${name}`), `${name} owns what its program wrote`).toBe(true);
}

/** What an account that stays is a member of. */
const groupsOf = (host: Host, service: Service, account: string): string[] => {
  const users = (machines.inputs(host, service)["users"] ?? {}) as Record<string, { groups?: string[] }>;
  return (users[account]?.groups ?? []).map((group) => `group ${group}`);
};

/** Accounts of whose programs something is left: their numbers must not become another's. NixOS keeps numbers itself. */
const ownersOfData = (host: Host, service: Service, after: Seen): string[] =>
  Object.entries((machines.inputs(host, service)["users"] ?? {}) as Record<string, { home: string }>)
    .filter(([, { home }]) => after.has(`file .${home}`))
    .map(([name]) => name);

/** The second look finds no drift, and the second run changes nothing. */
async function settled(host: Host, service: Service, others: readonly string[]): Promise<Properties> {
  const inputs = machines.inputs(host, service);
  const state = await machines.create(inputs);
  expect((await machines.drift(inputs, state)).paths, `drift of ${service.name}`).toEqual([]);
  const before = await machines.seen(host.name);
  const again = await machines.update(state, inputs);
  // Its programs go on writing, too, a model server with what it fetches.
  const programs = [...others, ...ofPrograms(host, service)];
  expect(differencesOf(before, await machines.seen(host.name), programs), `${service.name} again`).toEqual([]);
  return again;
}

/** It is known what was there as long as the service is. */
const JOURNAL = "file ./var/lib/fleet";

/** By kind: what its programs write themselves. What fleet did not bring it does not remove. */
const OF_PROGRAMS: Record<string, readonly string[]> = {
  certificate: ["./etc/ssl/fleet"],
  "kuma-monitor": ["./opt/uptime-kuma/data"],
  ollama: ["./usr/share/ollama"],
  postgres: ["./var/lib/postgresql"],
  prometheus: ["./var/lib/prometheus"],
  redis: ["./var/lib/redis"],
  "uptime-kuma": ["./opt/uptime-kuma: nothing", "./opt/uptime-kuma/data"],
  vault1984: ["./var/lib/vault1984"],
  wireguard: ["./var/lib/wireguard"],
};
const ofPrograms = (host: Host, service: Service): string[] => {
  const units = JSON.stringify(machines.inputs(host, service)["units"] ?? {});
  const state = [...units.matchAll(/StateDirectory=([\w./-]+)/g)].map(([, name]) => `./var/lib/${name}`);
  return [...state, ...(OF_PROGRAMS[service.kind] ?? [])].flatMap((path) => [`file ${path}`, `text ${path}`]);
};

/** What stays of a service that went, as docs/services.md says. */
const stays = (host: Host, service: Service): string[] => {
  const { users = {}, groups = {} } = machines.inputs(host, service);
  return [
    "file ./var/lib/fleet/ways",
    // NixOS leaves a setting that its data no longer has as it is until the next boot.
    ...(host.os === "nixos" ? ["setting "] : []),
    ...ofPrograms(host, service),
    ...Object.keys(users as object).flatMap((name) => [
      `passwd ${name}`,
      `group ${name}`,
      `file ./home/${name}`,
      ...groupsOf(host, service, name),
    ]),
    ...Object.keys(groups as object).map((name) => `group ${name}`),
  ];
};
