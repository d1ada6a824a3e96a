import { fingerprintsIn } from "../../clouds/fingerprint.ts";
import type { StateResource } from "../../engine/state.ts";
import { bundleSchema, type Bundle, type Check } from "../../model/bundle.ts";
import { contextOf, type Host } from "../../model/host.ts";
import { tcp, udp, type Port } from "../../model/port.ts";
import { isActive } from "../../model/status.ts";

/** What the program or the last `up` knows of a host. */
export interface DeclaredOnHost {
  ports: Port[];
  /** Units of the program; which ports they listen on is known. */
  units: ReadonlySet<string>;
  /** Units that only the last `up` knows of; they are to be removed by the next. */
  formerUnits: ReadonlySet<string>;
  /** Files, those of cron entries too. */
  paths: ReadonlySet<string>;
  accounts: ReadonlySet<string>;
  /** "podman api". */
  containers: ReadonlySet<string>;
  packages: ReadonlySet<string>;
  /** Fingerprints of keys that may log in. */
  keys: ReadonlySet<string>;
}

type Parts = Pick<Bundle, "packages" | "users" | "files" | "units" | "containers" | "cron" | "checks" | "options">;

/**
 * What is declared on a host: by its file, also what is only planned there, and by what the stack holds of it, also
 * what was taken out of its file.
 * @param host undefined for one that is in the state alone
 * @param standIns whether its machine is one of the lab's
 * @param operatorKeys public keys that may log in to any host
 */
export function declaredOn(
  host: Host | undefined,
  state: readonly StateResource[],
  options: { standIns: boolean; operatorKeys: string },
): DeclaredOnHost {
  const context = host && { ...contextOf(host), standIns: options.standIns };
  const program: Parts[] = context ? host.services.map((service) => service.render(context)) : [];
  const former: Parts[] = state.map(({ inputs = {} }) => partsOf(inputs));
  const all = [...program, ...former];
  const names = (parts: readonly Parts[], pick: (part: Parts) => object) =>
    new Set(parts.flatMap((part) => Object.keys(pick(part))));
  return {
    ports: [
      ...(host
        ? [
            tcp(host.sshPort),
            ...host.publicPorts,
            ...host.services.filter(isActive).flatMap((service) => service.ports),
          ]
        : []),
      ...all.flatMap(({ checks }) => checks.flatMap(portOf)),
    ],
    units: names(program, (part) => part.units),
    formerUnits: names(former, (part) => part.units),
    paths: new Set([
      ...names(all, (part) => part.files),
      ...[...names(all, (part) => part.cron)].map((name) => `/etc/cron.d/${name}`),
    ]),
    accounts: new Set([...names(all, (part) => part.users), ...(host ? [host.user] : [])]),
    containers: new Set(
      all.flatMap((part) => Object.entries(part.containers).map(([name, { engine }]) => `${engine} ${name}`)),
    ),
    packages: new Set(all.flatMap((part) => part.packages)),
    keys: new Set(fingerprintsIn([options.operatorKeys, JSON.stringify(all)].join("\n"))),
  };
}

const partNames = ["packages", "users", "files", "units", "containers", "cron", "checks", "options"] as const;

/** The parts of a service in the state, where what is empty is left out. */
const partsOf = (inputs: Record<string, unknown>): Parts =>
  Object.fromEntries(partNames.map((name) => [name, inputs[name] ?? EMPTY[name]])) as Parts;
const EMPTY = bundleSchema.parse({});

/** The port of the host itself that a health check asks. */
function portOf(check: Check): Port[] {
  if (check.kind === "udp") return [udp(check.port)];
  if (check.kind === "tcp") return /^(127\.|::1$|localhost$)/.test(check.address) ? [tcp(check.port)] : [];
  if (check.kind !== "http" || !URL.canParse(check.url)) return [];
  const { hostname, port, protocol } = new URL(check.url);
  return /^(127\.|\[::1\]$|localhost$)/.test(hostname) ? [tcp(Number(port) || (protocol === "https:" ? 443 : 80))] : [];
}
