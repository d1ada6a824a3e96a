import * as pulumi from "@pulumi/pulumi";
import { deployFleet } from "../src/components/fleet/program.ts";
import { readCloudView } from "../src/clouds/view.ts";
import { loadFleet, ROOT } from "../src/load/fleet.ts";

/** The program: one stack deploys one fleet. Started by the Pulumi engine, by `fleet up` as by `pulumi up`. */
export default async function main(): Promise<void> {
  await deployFleet(await loadFleet(pulumi.getStack(), ROOT, readCloudView()?.hosts));
}
