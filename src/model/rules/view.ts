import { type Bundle, bundleSchema } from "../bundle.ts";
import type { Fleet } from "../fleet.ts";
import { contextOf, type Host } from "../host.ts";
import { servicesOf } from "../mesh-services.ts";
import type { Probe } from "../probe.ts";
import type { Service } from "../service.ts";
import { isActive } from "../status.ts";

/** Where the parts of a fleet are written, for messages. What is left out is named by the usual place. */
export interface FleetFiles {
  /** By host, because two files may have given the same name. */
  hosts?: ReadonlyMap<Host, string>;
  /** By zone name. */
  zones?: ReadonlyMap<string, string>;
  edge?: string;
  secrets?: string;
  /** The stack's own file. */
  fleet?: string;
}

/** Something that is wrong between parts of a fleet. */
export interface Finding {
  /** The rule's name. */
  rule: string;
  /** Every file that takes part, the one to change first. */
  files: string[];
  message: string;
  remedy: string;
}

/** One service on one host, rendered. */
export interface Placed {
  host: Host;
  service: Service;
  /** "ghost-01/nginx". */
  label: string;
  file: string;
  /** Neither the service nor its host is only planned. */
  active: boolean;
  /** Undefined when the render failed: the rule `render` says why. */
  bundle: Bundle | undefined;
  probes: Probe[];
  failure?: unknown;
}

/** A fleet as the rules look at it: everything rendered once, everything with its file. */
export interface FleetView {
  fleet: Fleet;
  placed: Placed[];
  fileOf: {
    host: (host: Host) => string;
    zone: (name: string) => string;
    edge: string;
    secrets: string;
    fleet: string;
  };
}

export type Rule = (view: FleetView) => Finding[];

export function viewOf(fleet: Fleet, files: FleetFiles = {}): FleetView {
  const stack = files.fleet ?? `stacks/${fleet.name}/fleet.ts`;
  const fileOf: FleetView["fileOf"] = {
    host: (host) => files.hosts?.get(host) ?? `hosts/${fleet.name}/${host.name}.ts`,
    zone: (name) => files.zones?.get(name) ?? stack,
    edge: files.edge ?? stack,
    secrets: files.secrets ?? stack,
    fleet: stack,
  };
  const services = servicesOf(fleet);
  const placed = fleet.hosts.flatMap((host) =>
    services(host).map((service): Placed => ({
      host,
      service,
      label: `${host.name}/${service.name}`,
      file: fileOf.host(host),
      active: isActive(host) && isActive(service),
      ...rendered(service, host),
    })),
  );
  return { fleet, placed, fileOf };
}

/** A host file may hold anything that looks like a service. */
const isBundle = (value: unknown): value is Bundle =>
  typeof value === "object" && value !== null && SECTIONS.every((section) => section in value);
const SECTIONS = Object.entries(bundleSchema.shape)
  .filter(([, schema]) => !schema.safeParse(undefined).error)
  .map(([name]) => name)
  .filter((name) => name !== "timeZone");

function rendered(service: Service, host: Host): Pick<Placed, "bundle" | "probes" | "failure"> {
  try {
    const bundle = service.render(contextOf(host));
    if (!isBundle(bundle)) throw new Error("what it renders is no bundle: make it with service()");
    return { bundle, probes: service.probes(contextOf(host)) };
  } catch (failure) {
    return { bundle: undefined, probes: [], failure };
  }
}

/** The services of each host that are really deployed. */
export const activeByHost = ({ placed }: FleetView): Placed[][] => [
  ...Map.groupBy(
    placed.filter((p) => p.active),
    (p) => p.host,
  ).values(),
];

/** Every pair of a list, each once. */
export const pairs = <T>(list: readonly T[]): [T, T][] =>
  list.flatMap((a, i) => list.slice(i + 1).map((b): [T, T] => [a, b]));

/** Files without repetition, in order. */
export const filesOf = (...files: string[]): string[] => [...new Set(files)];
