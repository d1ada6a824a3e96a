import type { Host } from "./host.ts";
import { labelsOf } from "./labels.ts";
import type { Arch } from "./platform.ts";
import type { Policy } from "./policy.ts";
import { FIREWALL } from "./port.ts";
import { filesOf, type FleetView, type Placed } from "./view.ts";
import { refsIn } from "./references.ts";
import { isActive } from "./status.ts";

/** Which hosts a policy is about. */
export type Who = (host: Host) => boolean;
const active = ({ fleet }: FleetView, who: Who): Host[] => fleet.hosts.filter((host) => isActive(host) && who(host));
const placedOn = (view: FleetView, who: Who): Placed[] => view.placed.filter((p) => p.active && who(p.host));

/** DNS answers with the hosts' own addresses: no record is proxied. */
export const neverProxied = (text: string): Policy => ({
  text,
  check: ({ fleet, fileOf }) =>
    fleet.zones.flatMap((zone) =>
      zone.records
        .filter((r) => "proxied" in r && r.proxied)
        .map((r) => ({
          files: [fileOf.zone(zone.name)],
          message: `the ${r.type} record ${r.name} of ${zone.name} is proxied`,
          remedy: `remove proxied: true in ${fileOf.zone(zone.name)}`,
        })),
    ),
});

/**
 * Nobody reaches SSH but through the mesh: the port is not opened, no service offers it to the public, and the host has
 * an address in the mesh.
 */
export const noPublicSsh = (text: string, who: Who): Policy => ({
  text,
  check: (view) =>
    active(view, who).flatMap((host) => {
      const file = view.fileOf.host(host);
      const isSsh = (port: { protocol: string; range: { from: number; to: number } }) =>
        port.protocol === "tcp" && port.range.from <= host.sshPort && host.sshPort <= port.range.to;
      const offered = view.placed.filter(
        (p) => p.active && p.host === host && p.service.ports.some((port) => port.exposure === "public" && isSsh(port)),
      );
      return [
        ...(host.publicPorts.some(isSsh)
          ? [
              {
                files: [file],
                message: `${host.name} opens SSH (${host.sshPort}/tcp) to the public`,
                remedy: `remove the port from publicPorts in ${file}`,
              },
            ]
          : []),
        ...offered.map((p) => ({
          files: filesOf(file, `services/${p.service.kind}`),
          message: `${p.label} offers SSH to the public`,
          remedy: "let it listen on the mesh address alone",
        })),
        ...(host.mesh === undefined
          ? [
              {
                files: [file],
                message: `${host.name} has no address in the mesh, so that SSH would have to be public`,
                remedy: `give mesh in ${file}`,
              },
            ]
          : []),
      ];
    }),
});

/**
 * A firewall lets in a host's public ports and nothing else: that of the cloud, if the fleet has made the machine, else
 * the host's own.
 */
export const behindFirewall = (text: string, who: Who): Policy => ({
  text,
  check: (view) =>
    active(view, who)
      .filter((host) => host.kind === "static" || host.adopt)
      .filter((host) => !placedOn(view, (other) => other === host).some((p) => p.service.kind === FIREWALL))
      .map((host) => ({
        files: [view.fileOf.host(host)],
        message: `nothing on ${host.name} closes what publicPorts does not name`,
        remedy: `add firewall({}) to its services in ${view.fileOf.host(host)}`,
      })),
});

/** Only machines of one architecture. */
export const onlyArch = (text: string, arch: Arch, who: Who): Policy => ({
  text,
  check: (view) =>
    active(view, who)
      .filter((host) => host.arch !== arch)
      .map((host) => ({
        files: [view.fileOf.host(host)],
        message: `${host.name} is ${host.arch}, not ${arch}`,
        remedy: `choose a type that is ${arch} in ${view.fileOf.host(host)}`,
      })),
});

/** Programs that don't belong on some hosts, by their kind of service, their name or their package. */
export const without = (text: string, programs: readonly string[], who: Who): Policy => ({
  text,
  check: (view) =>
    placedOn(view, who).flatMap((p) => {
      const found = programs.find(
        (program) => [p.service.kind, p.service.name].includes(program) || p.bundle?.packages.includes(program),
      );
      return found === undefined
        ? []
        : [
            {
              files: filesOf(p.file, `services/${p.service.kind}`),
              message: `${p.label} puts ${found} on ${p.host.name}`,
              remedy: `remove it in ${p.file}`,
            },
          ];
    }),
});

/** Each of the hosts works on its own: none waits for another of them, and nothing on it knows of another. */
export const independent = (text: string, who: Who): Policy => ({
  text,
  check: (view) => {
    const hosts = new Set(active(view, who).map((host) => host.name));
    const waits = placedOn(view, who).flatMap((p) =>
      p.service.dependsOn
        .map((on) => ({ p, other: on.split("/")[0]!, how: `waits for ${on}` }))
        .filter(({ how }) => how.includes("/")),
    );
    const knows = refsIn(view).flatMap(({ from, ref }) => {
      const p = view.placed.find(
        (placed) => placed.active && placed.label === from.label && hosts.has(placed.host.name),
      );
      return p && ["address", "host-key", "mesh-key"].includes(ref.ref)
        ? [{ p, other: ref.name, how: `needs the ${ref.ref} of ${ref.name}` }]
        : [];
    });
    return [...waits, ...knows]
      .filter(({ p, other }) => hosts.has(other) && other !== p.host.name)
      .map(({ p, how }) => ({
        files: filesOf(p.file, `services/${p.service.kind}`),
        message: `${p.label} ${how}, another of the hosts that are to be independent`,
        remedy: `remove that from ${p.file}`,
      }));
  },
});

/** Everything in a cloud says by its labels what it is for. */
export const labelled = (text: string, keys: readonly string[], who: Who): Policy => ({
  text,
  check: (view) =>
    active(view, who).flatMap((host) => {
      const missing = keys.filter((key) => !(key in labelsOf(view.fleet.name, host)));
      return missing.length === 0
        ? []
        : [
            {
              files: [view.fileOf.host(host)],
              message: `${host.name} has no label ${missing.join(", ")}`,
              remedy: `give roles or labels in ${view.fileOf.host(host)}`,
            },
          ];
    }),
});

/** No more than so many things of a kind at the edge, planned ones too. */
export const atMost = (text: string, most: Partial<Record<"workers" | "kv", number>>): Policy => ({
  text,
  check: ({ fleet: { edge }, fileOf }) =>
    (["workers", "kv"] as const)
      .filter((kind) => edge[kind].length > (most[kind] ?? Infinity))
      .map((kind) => ({
        files: [fileOf.edge],
        message: `there are ${edge[kind].length} ${kind === "kv" ? "KV namespaces" : "Workers"}, and ${most[kind]} at most may be`,
        remedy: `merge or remove some in ${fileOf.edge}`,
      })),
});
