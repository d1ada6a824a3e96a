import type { StateResource } from "../../engine/state.ts";
import type { Fleet } from "../../model/fleet.ts";
import { isActive } from "../../model/status.ts";
import type { Vendor } from "../kind.ts";
import { AwsClient, RegionError } from "./client.ts";
import { disk } from "./disk/index.ts";
import { eip } from "./eip/index.ts";
import type { OfFleet } from "./hosts.ts";
import { instance } from "./instance/index.ts";
import { keyPair } from "./key-pair/index.ts";
import { securityGroup } from "./security-group/index.ts";

/** AWS: each region is asked by itself, and one that does not answer must not hold up the others. */
export const aws: Vendor = {
  kinds: [instance, disk, eip, securityGroup, keyPair],
  places: (fleet, state, env) =>
    regionsOf(fleet, state).map((region) => ({
      name: `AWS ${region}`,
      client: new AwsClient(region, fleet.name, env),
      has: (model) => (model as OfFleet).host.region === region,
      mayFail: (error) => error instanceof RegionError,
    })),
};

function regionsOf(fleet: Fleet, state: readonly StateResource[]): string[] {
  const declared = fleet.hosts.flatMap((host) =>
    host.kind === "aws" && isActive(host) ? [host.region as string] : [],
  );
  const held = state.flatMap(({ type, inputs }) =>
    type === "pulumi:providers:aws" && typeof inputs?.region === "string" ? [inputs.region] : [],
  );
  return [...new Set([...declared, ...held])].sort();
}
