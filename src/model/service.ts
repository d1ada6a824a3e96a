import { z } from "zod";
import { type Assumption, type Open, settle } from "./assumed.ts";
import { bundleSchema, type Bundle, type BundleInput } from "./bundle.ts";
import { parse, problemsOf } from "./errors.ts";
import type { Port } from "./port.ts";
import type { Probe } from "./probe.ts";
import type { Arch, DebianRelease, Os } from "./platform.ts";
import type { Status } from "./status.ts";

/** What a render may know of the host that it renders for. */
export interface HostContext {
  name: string;
  os: Os;
  arch: Arch;
  /** Which Debian, of a host with Debian. */
  release?: DebianRelease;
  /** IANA name; cron entries and timers run in it. */
  timeZone: string;
  /**
   * Put a stand-in where a program belongs that its owner never published. Set by stacks whose machines are the lab's;
   * on a real machine the program is there already and is never written.
   */
  standIns?: boolean;
  /** What the world may reach, as its host file says. */
  publicPorts?: readonly Port[];
  /** Its addresses as far as the host file knows them; for the public address of another host use addressOf(). */
  addresses?: { ipv4?: string; ipv6?: string; private?: string; mesh?: string };
}

/** How a kind of service is defined: its arguments, and what follows from them. All functions are pure. */
export interface ServiceDefinition<Args extends z.ZodType> {
  args: Args;
  /** Where it can run; anywhere when left out. */
  runsOn?: { os?: readonly Os[]; arch?: readonly Arch[] };
  /** The name of one instance on a host, when a host may carry several; the kind's name when left out. */
  instance?(args: z.output<Args>): string;
  /** Ports that it listens on. */
  ports?(args: z.output<Args>): Port[];
  /** Images of containers that it runs, as they are declared: "ghcr.io/owner/api:1.4". */
  images?(args: z.output<Args>): string[];
  /** Services that must be in place before it: "nginx" on the same host, or "ghost-01/nginx". */
  dependsOn?(args: z.output<Args>): string[];
  /** What it puts on the host. */
  render(args: z.output<Args>, host: HostContext): BundleInput;
  /** Checks from outside the machine, for `fleet check`. */
  probes?(args: z.output<Args>, host: HostContext): Probe[];
}

/** One service on one host, its arguments checked and bound. */
export interface Service {
  /** The kind: the name of its folder under services/. */
  kind: string;
  /** Unique on its host. */
  name: string;
  runsOn: { os?: readonly Os[]; arch?: readonly Arch[] };
  ports: Port[];
  /** Of containers; see `fleet images`. */
  images?: string[];
  dependsOn: string[];
  /** `planned` by planned(): checked and shown, not deployed. */
  status?: Status;
  /** Arguments that the owner's document leaves open. */
  assumptions?: Assumption[];
  render(host: HostContext): Bundle;
  probes(host: HostContext): Probe[];
}

/**
 * Defines a kind of service and returns the function that host files call.
 * @throws ServiceArgumentsError naming the service, field, value and remedy when the arguments are wrong.
 */
export function service<Args extends z.ZodType>(
  kind: string,
  definition: ServiceDefinition<Args>,
): (args: Open<z.input<Args>>) => Service {
  return (open) => {
    const { value: input, assumptions } = settle(open);
    const parsed = definition.args.safeParse(input, { reportInput: true });
    if (!parsed.success) throw new ServiceArgumentsError(kind, parsed.error);
    const args = parsed.data;
    return {
      kind,
      name: definition.instance?.(args) ?? kind,
      runsOn: definition.runsOn ?? {},
      ports: definition.ports?.(args) ?? [],
      ...(definition.images && { images: definition.images(args) }),
      dependsOn: definition.dependsOn?.(args) ?? [],
      ...(assumptions.length && { assumptions }),
      render: (host) => parse(bundleSchema, definition.render(args, host), `what services/${kind} renders`),
      probes: (host) => definition.probes?.(args, host) ?? [],
    };
  };
}

/** The arguments of a service do not fit its schema. */
export class ServiceArgumentsError extends Error {
  constructor(kind: string, cause: z.ZodError) {
    const rows = problemsOf(cause).map((p) => `  ${[kind, ...(p.field ? [p.field] : [])].join(".")}: ${p.message}`);
    super(`services/${kind}: arguments are wrong\n${rows.join("\n")}`, { cause });
    this.name = "ServiceArgumentsError";
  }
}
