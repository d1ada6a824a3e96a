import type { Fleet } from "./fleet.ts";
import { uniqueAddresses } from "./rules/addresses.ts";
import { withinBudget } from "./rules/budget.ts";
import { cycles } from "./rules/cycles.ts";
import { dnsClashes, dnsNames } from "./rules/dns.ts";
import { meshAddresses, meshHub } from "./rules/mesh.ts";
import { uniqueNames } from "./rules/names.ts";
import { nixos, platforms, renders } from "./rules/platforms.ts";
import { portClashes, publicPortsAskedFor } from "./rules/ports.ts";
import { policies } from "./rules/policies.ts";
import { knownAddresses, references } from "./rules/references.ts";
import { clocks, sharedThings } from "./rules/shared.ts";
import { type Finding, type FleetFiles, type Rule, viewOf } from "./rules/view.ts";

export type { Finding, FleetFiles } from "./rules/view.ts";

const rules: readonly Rule[] = [
  uniqueNames,
  renders,
  platforms,
  nixos,
  references,
  knownAddresses,
  cycles,
  portClashes,
  publicPortsAskedFor,
  uniqueAddresses,
  meshAddresses,
  meshHub,
  dnsNames,
  dnsClashes,
  sharedThings,
  clocks,
  withinBudget,
  policies,
];

/** Everything that is wrong between the parts of a fleet; nothing when it can be deployed. */
export function checkFleet(fleet: Fleet, files?: FleetFiles): Finding[] {
  const view = viewOf(fleet, files);
  return rules.flatMap((rule) => rule(view));
}

/** A finding as one line: the files, what is wrong, what to do. */
export const showFinding = ({ files, message, remedy }: Finding): string =>
  `${files.join(", ")}: ${message}. To do: ${remedy}.`;
