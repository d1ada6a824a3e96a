import type { LoadedFleet } from "./fleet.ts";

/** @throws Error with every finding of the fleet's rules, each naming the files and the remedy */
export function assertFleet(_loaded: LoadedFleet): void {
  // src/model/rules is being written; joined here when it lands.
}
