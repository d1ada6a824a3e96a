import { readFileSync } from "node:fs";
import type { FailedOver } from "../model/failover.ts";
import type { Inputs } from "./kind.ts";

/** "kind/name" of what a fleet declares: "cloudflare/record/www.example.com CNAME". */
export type Key = string;

/** What exists at the providers, and which of it the stack's state does not hold yet. Found out before each run. */
export interface CloudView {
  /** The id by which the engine imports what exists. */
  existing: Record<Key, string>;
  /** What of it is to be taken into the state by this run. */
  adopt: readonly Key[];
  /**
   * Take them as they are found, whatever the program declares: for the run that adopts. A preview shows the difference
   * instead.
   */
  asFound: boolean;
  /** The URN under which the stack holds something that is called otherwise now. */
  urns?: Record<Key, string>;
  /** Properties as they are written where they stand: another spelling of the same is no change. */
  written?: Record<Key, Inputs>;
  /** Properties that the fleet has no words for, and that stay as they are. */
  kept?: Record<Key, Inputs>;
  /** What is there as declared and cannot be imported: the program leaves it alone. */
  left?: readonly Key[];
  /** Host names that a failover has moved: they stay where it led them. */
  failedOver?: FailedOver;
  /** Hosts that are deployed now; all when left out. Those of later stages are as if they were only planned. */
  hosts?: readonly string[];
  /** Hosts that never had their mesh, to be reached at their public address this once. */
  firstBoot?: readonly string[];
  /** Machine images for new instances, by region, where neither the host file nor the stack's configuration has one. */
  images?: Record<string, string>;
}

/** Names the file in which `fleet up` hands its findings to the program. */
export const VIEW_VARIABLE = "FLEET_CLOUD_VIEW";

/** The findings of `fleet up`; undefined when the program was started by hand. */
export function readCloudView(): CloudView | undefined {
  const path = process.env[VIEW_VARIABLE];
  return path === undefined ? undefined : (JSON.parse(readFileSync(path, "utf8")) as CloudView);
}
