import type { Edge, LoadBalancer, Worker } from "../model/edge.ts";
import { hostnamesOfTunnel } from "../model/tunnel.ts";
import { isActive, type Status } from "../model/status.ts";
import { hostId, type NodeKind } from "./types.ts";

type EdgeKindOfThing = Exclude<NodeKind, "host" | "service" | "name">;

/** Something at Cloudflare besides DNS. */
export interface EdgeThing {
  id: string;
  kind: EdgeKindOfThing;
  /** "Worker photon". */
  label: string;
  name: string;
  note: string;
  planned: boolean;
  /** Host names and URL patterns that it answers. A tunnel in standby answers none. */
  hostnames: readonly string[];
  /** Ids of what it needs. */
  needs: readonly string[];
}

const WORDS: Record<EdgeKindOfThing, string> = {
  tunnel: "tunnel",
  balancer: "load balancer",
  worker: "Worker",
  pages: "Pages",
  bucket: "bucket",
  kv: "KV",
  database: "database",
};

/** Everything of a fleet that stands at Cloudflare besides DNS. */
export function edgeThings(edge: Edge): EdgeThing[] {
  const of = (
    kind: EdgeKindOfThing,
    { name, purpose = "", status }: { name: string; purpose?: string; status: Status },
    hostnames: readonly string[] = [],
    needs: readonly string[] = [],
  ): EdgeThing => ({
    id: idOf(kind, name),
    kind,
    label: `${WORDS[kind]} ${name}`,
    name,
    note: purpose,
    planned: !isActive({ status }),
    hostnames: hostnames.map((hostname) => hostname.toLowerCase()),
    needs,
  });
  return [
    ...edge.tunnels.map((t) => of("tunnel", t, t.standby ? [] : hostnamesOfTunnel(t), t.hosts.map(hostId))),
    ...edge.loadBalancers.map((b) =>
      of(
        "balancer",
        { ...b, purpose: [b.purpose, `${b.steering} over ${b.origins.length}`].filter(Boolean).join(", ") },
        [b.hostname],
        b.origins.map(originId),
      ),
    ),
    ...edge.workers.map((w) => of("worker", w, [...w.hostnames, ...w.routes.map((r) => r.pattern)], bindingIds(w))),
    ...edge.pages.map((p) => of("pages", p, p.domains)),
    ...edge.buckets.map((b) => of("bucket", b, b.customDomains)),
    ...edge.kv.map((k) => of("kv", k)),
    ...edge.d1.map((d) => of("database", d)),
  ];
}

const idOf = (kind: EdgeKindOfThing, name: string): string => `${kind}/${name}`;
const originId = (origin: LoadBalancer["origins"][number]): string =>
  "host" in origin ? hostId(origin.host) : idOf("tunnel", origin.tunnel);

/** Secrets and texts are no things of their own. */
const bindingIds = ({ bindings }: Worker): string[] =>
  Object.values(bindings).flatMap((binding) => {
    if ("kv" in binding) return [idOf("kv", binding.kv)];
    if ("d1" in binding) return [idOf("database", binding.d1)];
    if ("bucket" in binding) return [idOf("bucket", binding.bucket)];
    return "worker" in binding ? [idOf("worker", binding.worker)] : [];
  });
