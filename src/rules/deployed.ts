import type { FleetView } from "../model/view.ts";
import { isActive, type Status } from "../model/status.ts";
import type { Rule } from "./view.ts";

/** Something that the model takes and nothing brings up. */
interface Undeployed {
  /** "the droplet spare". */
  what: string;
  file: string;
  status?: Status;
}

/** Kinds of things that are modelled only, each a line that goes when they are built. */
const undeployed: readonly ((view: FleetView) => Undeployed[])[] = [
  // A service that says that it is for other systems is another rule's.
  ({ placed }) =>
    placed
      .filter(({ host, service }) => host.os === "macos" && (service.runsOn.os?.includes("macos") ?? true))
      .map((p) => ({ what: `the service ${p.label} on macOS`, file: p.file, status: p.active ? "active" : "planned" })),
  ({ fleet, fileOf }) =>
    fleet.edge.loadBalancers.map((l) => ({ ...l, what: `the load balancer ${l.name}`, file: fileOf.edge })),
  ({ fleet, fileOf }) =>
    fleet.zones.flatMap(({ name, overrides, status }) =>
      Object.keys(overrides).map((host) => ({
        what: `the setting for ${host} alone`,
        file: fileOf.zone(name),
        status,
      })),
    ),
];

/** What is active is really there after `up`: nothing is left out without a word. */
export const deployed: Rule = (view) =>
  undeployed
    .flatMap((kind) => kind(view))
    .filter(isActive)
    .map(({ what, file }) => ({
      rule: "not-deployed",
      files: [file],
      message: `${what} is active, but nothing deploys it yet`,
      remedy: `mark it as planned in ${file}, or remove it`,
    }));
