import { readState } from "../engine/read-state.ts";
import type { StateResource } from "../engine/state.ts";
import type { Connection } from "../transport/types.ts";
import type { DeployedStack } from "./deployed-stack.ts";

/**
 * How the last `up` reached each host that something runs on; a machine that the fleet made is known by nothing else.
 */
export const connectionsIn = (state: readonly StateResource[]): Map<string, Connection> =>
  new Map(
    state
      .filter(({ type }) => type === "fleet:host:Service")
      .map(({ inputs }) => [String(inputs!.host), (inputs!.connection ?? {}) as Connection]),
  );

export const connectionsInState = async ({ target }: DeployedStack): Promise<Map<string, Connection>> =>
  connectionsIn(await readState(target));
