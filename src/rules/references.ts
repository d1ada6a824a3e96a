import { isActive } from "../model/status.ts";
import { fromOf, type Referrer, refsIn } from "../model/references.ts";
import { filesOf, type Finding, type FleetView } from "../model/view.ts";
import type { Rule } from "./view.ts";

type Kind = "host" | "service" | "secret" | "kv" | "d1" | "bucket" | "worker" | "tunnel";

/** One part of a fleet naming another. */
interface Reference {
  from: Referrer;
  kind: Kind;
  name: string;
}

/** What is referred to must be declared, and must be there when what refers to it is. */
export const references: Rule = (view) =>
  allReferences(view).flatMap(({ from, kind, name }): Finding[] => {
    const target = find(view, kind, name);
    if (!target) {
      const known = namesOf(view, kind);
      return [
        {
          rule: "unknown-reference",
          files: filesOf(from.file, placeOf(view, kind)),
          message:
            `${from.label} refers to the ${kind} "${name}", which is not declared` +
            (known.length ? ` (there is ${known.slice(0, 12).join(", ")}${known.length > 12 ? ", …" : ""})` : ""),
          remedy: `correct the name in ${from.file}, or declare it in ${placeOf(view, kind)}`,
        },
      ];
    }
    if (!from.active || target.active) return [];
    return [
      {
        rule: "planned-reference",
        files: filesOf(from.file, target.file),
        message: `${from.label} is active but needs the ${kind} "${name}", which is only planned`,
        remedy: `mark what needs it as planned in ${from.file}, or activate "${name}" in ${target.file}`,
      },
    ];
  });

/** An address that somebody needs must be known: a machine that no cloud makes has to say its own. */
export const knownAddresses: Rule = (view) =>
  refsIn(view).flatMap(({ from, ref }) => {
    const host = ref.ref === "address" && view.fleet.hosts.find((h) => h.name === ref.name);
    if (!host || host.kind !== "static" || host.ipv4 || !from.active) return [];
    return [
      {
        rule: "unknown-address",
        files: filesOf(view.fileOf.host(host), from.file),
        message: `${from.label} needs the public address of ${host.name}, which has none`,
        remedy: `give ipv4 in ${view.fileOf.host(host)}, or point ${from.label} elsewhere`,
      },
    ];
  });

function allReferences(view: FleetView): Reference[] {
  const { fleet, fileOf, placed } = view;
  const edgeItem = (kind: string, thing: { name: string; status: "active" | "planned" }) => ({
    label: `the ${kind} ${thing.name}`,
    file: fileOf.edge,
    active: isActive(thing),
  });
  return [
    ...refsIn(view).flatMap(({ from, ref }): Reference[] => {
      if (ref.ref === "secret") return [{ from, kind: "secret", name: ref.name }];
      if (ref.ref === "tunnel-token") return [{ from, kind: "tunnel", name: ref.name }];
      return ["address", "host-key", "mesh-key", "tailnet-key"].includes(ref.ref)
        ? [{ from, kind: "host", name: ref.name }]
        : [];
    }),
    ...placed.flatMap((p) =>
      p.service.dependsOn.map((name): Reference => ({
        from: fromOf(p),
        kind: "service",
        name: name.includes("/") ? name : `${p.host.name}/${name}`,
      })),
    ),
    ...fleet.hosts.flatMap((h) =>
      h.jump
        ? [{ from: { label: h.name, file: fileOf.host(h), active: isActive(h) }, kind: "host" as const, name: h.jump }]
        : [],
    ),
    ...fleet.edge.tunnels.flatMap((t) =>
      t.hosts.map((name): Reference => ({ from: edgeItem("tunnel", t), kind: "host", name })),
    ),
    ...fleet.edge.loadBalancers.flatMap((l) =>
      l.origins.map((o): Reference => ({
        from: edgeItem("load balancer", l),
        ...("host" in o ? { kind: "host", name: o.host } : { kind: "tunnel", name: o.tunnel }),
      })),
    ),
    ...fleet.edge.workers.flatMap((w) =>
      Object.values(w.bindings).flatMap((binding) =>
        Object.entries(binding)
          .filter(([kind]) => kind !== "text")
          .map(([kind, name]): Reference => ({ from: edgeItem("Worker", w), kind: kind as Kind, name })),
      ),
    ),
    ...(fleet.rollout?.pilot ?? []).map((name): Reference => ({
      from: { label: "the rollout's pilot", file: fileOf.fleet, active: true },
      kind: "host",
      name,
    })),
    ...(fleet.mesh?.type === "wireguard"
      ? [
          {
            from: { label: "the mesh", file: fileOf.fleet, active: isActive(fleet.mesh) },
            kind: "host" as const,
            name: fleet.mesh.hub,
          },
        ]
      : []),
  ];
}

function find(view: FleetView, kind: Kind, name: string): { file: string; active: boolean } | undefined {
  const { fleet, fileOf, placed } = view;
  const in_ = (things: readonly { name: string; status: "active" | "planned" }[], file: string) => {
    const thing = things.find((t) => t.name === name);
    return thing && { file, active: isActive(thing) };
  };
  if (kind === "host") {
    const host = fleet.hosts.find((h) => h.name === name);
    return host && { file: fileOf.host(host), active: isActive(host) };
  }
  if (kind === "service") return placed.find((p) => p.label === name);
  if (kind === "secret") return in_(fleet.secrets, fileOf.secrets);
  return in_(edgeThings(view, kind), fileOf.edge);
}

const namesOf = (view: FleetView, kind: Kind): string[] =>
  kind === "host"
    ? view.fleet.hosts.map((h) => h.name)
    : kind === "service"
      ? view.placed.map((p) => p.label)
      : kind === "secret"
        ? view.fleet.secrets.map((s) => s.name)
        : edgeThings(view, kind).map((t) => t.name);

const edgeThings = ({ fleet: { edge } }: FleetView, kind: Exclude<Kind, "host" | "service" | "secret">) =>
  ({ kv: edge.kv, d1: edge.d1, bucket: edge.buckets, worker: edge.workers, tunnel: edge.tunnels })[kind];

const placeOf = ({ fleet, fileOf }: FleetView, kind: Kind): string =>
  kind === "host" || kind === "service" ? `hosts/${fleet.name}/` : kind === "secret" ? fileOf.secrets : fileOf.edge;
