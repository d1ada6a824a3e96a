import * as pulumi from "@pulumi/pulumi";
import { workerScript } from "../../../services/stand-in/worker.ts";
import { findExisting, readCloudView } from "../../existing/view.ts";
import { assertFleet } from "../../load/assert.ts";
import { ROOT, type LoadedFleet } from "../../load/fleet.ts";
import { readSecrets } from "../secrets.ts";
import { DeployedFleet } from "./fleet.ts";

/**
 * The whole of a Pulumi program that deploys one fleet. @throws Error with everything that is wrong, before anything is
 * touched
 */
export async function deployFleet(loaded: LoadedFleet): Promise<void> {
  if (!process.env.FLEET_DEBUG) withoutStackTraces();
  assertFleet(loaded);
  const { fleet } = loaded;
  const secrets = readSecrets(fleet.secrets);
  const standIns = process.env.FLEET_STAND_INS === "true";
  const view = readCloudView() ?? { existing: await findExisting(fleet, configured()), adopt: [], asFound: false };
  new DeployedFleet(fleet.name, {
    fleet,
    secrets,
    view,
    operatorKeys: (process.env.FLEET_OPERATOR_KEYS ?? new pulumi.Config().get("operatorKeys") ?? "")
      .split("\n")
      .filter(Boolean),
    standIns,
    scriptOf: (path) => workerScript(ROOT, path, standIns),
  });
}

/**
 * The SDK takes a stack trace for every property of every resource, looks for source maps in it and keeps it in the
 * state, absolute paths and all. Without them the program of 200 services takes half the time, and its state is the
 * same wherever it was started.
 */
function withoutStackTraces(): void {
  Error.stackTraceLimit = 0;
  Error.prepareStackTrace = String;
}

/** The environment, with what the stack's configuration says where the environment says nothing. */
const configured = (): NodeJS.ProcessEnv => ({
  HCLOUD_TOKEN: pulumi.runtime.getConfig("hcloud:token"),
  HCLOUD_ENDPOINT: pulumi.runtime.getConfig("hcloud:endpoint"),
  ...process.env,
});
