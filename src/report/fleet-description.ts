import { z } from "zod";
import { type Fleet, monthlyCost } from "../model/fleet.ts";
import type { Host } from "../model/host.ts";
import { hostCost } from "../model/host-cost.ts";
import { labelsOf } from "../model/labels.ts";
import { policyText } from "../model/policy.ts";
import { showPort } from "../model/port.ts";
import { isActive } from "../model/status.ts";

/**
 * A fleet as it is declared, as plain data without secrets: what `fleet show --json` prints. @param files host name →
 * its file
 */
export function describeFleet(fleet: Fleet, files: Readonly<Record<string, string>>) {
  return {
    fleet: fleet.name,
    hosts: fleet.hosts.map((host) => describeHost(fleet.name, host, files[host.name]!)),
    zones: fleet.zones.map(({ name, id, provider, status }) => ({ name, id, provider, status })),
    mesh: fleet.mesh && describeMesh(fleet.mesh),
    monthlyCost: {
      active: monthlyCost(fleet),
      withPlanned: monthlyCost(fleet, { planned: true }),
      budget: fleet.budget,
      items: fleet.costs,
    },
    scaling: fleet.scaling,
    policies: Object.fromEntries(Object.entries(fleet.policies).map(([id, policy]) => [id, policyText(policy)])),
  };
}
export type FleetDescription = ReturnType<typeof describeFleet>;

function describeHost(fleet: string, host: Host, file: string) {
  const services = host.services.map((s) => ({
    name: s.name,
    status: isActive(s) ? "active" : "planned",
    ports: s.ports.map((p) => `${showPort(p)} ${p.exposure}`),
  }));
  const open = [
    ...host.assumptions,
    ...host.services.flatMap((s) => (s.assumptions ?? []).map((a) => ({ ...a, field: `${s.name}.${a.field}` }))),
  ];
  const { name, kind, status, ipv4, mesh } = host;
  return {
    name,
    file,
    kind,
    status,
    ipv4,
    mesh,
    labels: labelsOf(fleet, host),
    monthlyCost: hostCost(host),
    publicPorts: host.publicPorts.map(showPort),
    services,
    assumed: open,
  };
}

const describeMesh = (mesh: NonNullable<Fleet["mesh"]>) => ({
  type: mesh.type,
  network: mesh.network,
  ...(mesh.type === "wireguard" && { hub: mesh.hub, port: mesh.port }),
  status: mesh.status,
  peers: mesh.peers,
});

const sum = z.object({ eur: z.tuple([z.number(), z.number()]), usd: z.tuple([z.number(), z.number()]) });
const status = z.string();

/** As much of a description as two of them are compared by. */
const comparable = z.object({
  fleet: z.string(),
  hosts: z.array(
    z.object({
      name: z.string(),
      status,
      mesh: z.string().optional(),
      publicPorts: z.array(z.string()),
      services: z.array(z.object({ name: z.string(), status, ports: z.array(z.string()) })),
    }),
  ),
  mesh: z
    .object({
      type: z.string(),
      network: z.string(),
      hub: z.string().optional(),
      port: z.number().optional(),
      status,
      peers: z.array(z.object({ name: z.string(), address: z.string() })),
    })
    .optional(),
  monthlyCost: z.object({ active: sum }),
  policies: z.record(z.string(), z.string()),
});
export type ComparableFleet = z.output<typeof comparable>;

/**
 * Reads what an earlier `fleet show --json` or `fleet preview --format json` printed.
 * @throws Error saying what the text should have been
 */
export function parseBase(text: string, stack: string): ComparableFleet {
  const base = comparable.safeParse(fleetIn(text));
  if (!base.success)
    throw new Error(`it is not what \`fleet show ${stack} --json\` or \`fleet preview ${stack} --format json\` prints`);
  if (base.data.fleet !== stack)
    throw new Error(`it describes the fleet ${JSON.stringify(base.data.fleet)}, not ${stack}`);
  return base.data;
}

function fleetIn(text: string): unknown {
  try {
    const value = JSON.parse(text) as { declared?: unknown } | null;
    return value?.declared ?? value;
  } catch {
    return undefined;
  }
}
