import type { Port } from "../model/port.ts";
import type { Probe } from "../model/probe.ts";
import type { Service } from "../model/service.ts";

/**
 * What only the host itself, its mesh or its private network may reach is closed for everybody else: a probe for each
 * such TCP port, for both ends of a range. UDP has no way to tell, nor has a host of which nothing answers the public.
 */
export function closedProbes(publicPorts: readonly Port[], services: readonly Service[]): Probe[] {
  const beside = publicPorts.find((port) => port.protocol === "tcp")?.range.from;
  if (beside === undefined) return [];
  const tcp = services.flatMap((service) => service.ports).filter((port) => port.protocol === "tcp");
  const isPublic = (port: number) => tcp.some((p) => p.exposure === "public" && covers(p, port));
  const ends = tcp.filter((p) => p.exposure !== "public").flatMap((p) => [p.range.from, p.range.to]);
  return [...new Set(ends)]
    .filter((port) => !isPublic(port))
    .map((port) => ({ kind: "tcp", port, open: false, beside }));
}

const covers = ({ range }: Port, port: number): boolean => range.from <= port && port <= range.to;
