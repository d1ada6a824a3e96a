import type { Fleet } from "../model/fleet.ts";
import type { Finding } from "../model/view.ts";
import { uniqueAddresses } from "./addresses.ts";
import { withinBudget } from "./budget.ts";
import { cycles } from "./cycles.ts";
import { deployed } from "./deployed.ts";
import { dnsClashes, dnsNames } from "./dns.ts";
import { meshAddresses, meshHub, tailnetPolicy } from "./mesh.ts";
import { uniqueNames } from "./names.ts";
import { nixos, platforms, renders } from "./platforms.ts";
import { portClashes, publicPortsAskedFor, wayIn } from "./ports.ts";
import { brokenPolicies } from "./policies.ts";
import { carriedByProxy } from "./proxy.ts";
import { knownAddresses, references } from "./references.ts";
import { clocks, excludingThings, sharedThings } from "./shared.ts";
import { carriedTunnels } from "./tunnels.ts";
import { type FleetFiles, type Rule, viewOf } from "./view.ts";

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
  wayIn,
  uniqueAddresses,
  meshAddresses,
  meshHub,
  tailnetPolicy,
  dnsNames,
  dnsClashes,
  carriedByProxy,
  carriedTunnels,
  deployed,
  sharedThings,
  excludingThings,
  clocks,
  withinBudget,
];

/** Everything that is wrong between the parts of a fleet; nothing when it can be deployed. */
export function checkFleet(fleet: Fleet, files?: FleetFiles): Finding[] {
  const view = viewOf(fleet, files);
  return [...rules.flatMap((rule) => rule(view)), ...brokenPolicies(fleet, view)];
}

/** A finding as one line: the files, what is wrong, what to do. */
export const showFinding = ({ files, message, remedy }: Finding): string =>
  `${files.join(", ")}: ${message}. To do: ${remedy}.`;
