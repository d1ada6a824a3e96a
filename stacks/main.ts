import * as pulumi from "@pulumi/pulumi";
import { workerScript } from "../services/stand-in/worker.ts";
import { DeployedFleet } from "../src/components/fleet/fleet.ts";
import { readSecrets } from "../src/components/secrets.ts";
import { findExisting, readCloudView } from "../src/existing/view.ts";
import { loadFleet, ROOT } from "../src/load/fleet.ts";
import { assertFleet } from "../src/load/assert.ts";

/** The program: one stack deploys one fleet. Started by the Pulumi engine, by `fleet up` as by `pulumi up`. */
export default async function main(): Promise<void> {
  const loaded = await loadFleet(pulumi.getStack());
  assertFleet(loaded);
  const { fleet } = loaded;
  const secrets = readSecrets(fleet.secrets);
  const standIns = process.env.FLEET_STAND_INS === "true";
  const view = readCloudView() ?? { existing: await findExisting(fleet), adopt: [], asFound: false };
  new DeployedFleet(fleet.name, {
    fleet,
    secrets,
    view,
    operatorKeys: (process.env.FLEET_OPERATOR_KEYS ?? new pulumi.Config().get("operatorKeys") ?? "").split("\n").filter(Boolean),
    standIns,
    scriptOf: (path) => workerScript(ROOT, path, standIns),
  });
}
