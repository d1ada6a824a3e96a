import * as pulumi from "@pulumi/pulumi";
import { workerScript } from "../../../services/stand-in/worker.ts";
import { lookAtKinds } from "../../clouds/look.ts";
import { readCloudView, type CloudView } from "../../clouds/view.ts";
import { assertFleet } from "../../load/assert.ts";
import { ROOT, type LoadedFleet } from "../../load/fleet.ts";
import type { Fleet } from "../../model/fleet.ts";
import { readSecrets } from "../secrets.ts";
import { DeployedFleet } from "./fleet.ts";

/**
 * The whole of a Pulumi program that deploys one fleet. @throws Error with everything that is wrong, before anything is
 * touched
 */
export async function deployFleet(loaded: LoadedFleet): Promise<void> {
  if (!process.env.FLEET_DEBUG) withoutStackTraces();
  assertFleet(loaded);
  await declareFleet(loaded.fleet);
}

/** Declares it to the engine, whatever its rules find. */
export async function declareFleet(declared: Fleet): Promise<void> {
  const secrets = readSecrets(declared.secrets);
  const standIns = process.env.FLEET_STAND_INS === "true";
  const view = readCloudView() ?? (await viewByHand(declared));
  const fleet: Fleet = { ...declared, ...(view.failedOver && { failedOver: view.failedOver }) };
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

/** What the program finds out itself when nobody has looked before it: the ids of machines that files say to adopt. */
async function viewByHand(fleet: Fleet): Promise<CloudView> {
  const seen = await lookAtKinds({
    stack: pulumi.getStack(),
    fleet,
    state: [],
    env: configured(),
    script: () => undefined,
  });
  const { existing, written, kept, failedOver } = seen.view;
  return { existing, written, kept, ...(failedOver && { failedOver }), adopt: [], asFound: false };
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
  DIGITALOCEAN_TOKEN: pulumi.runtime.getConfig("digitalocean:token"),
  HCLOUD_ENDPOINT: pulumi.runtime.getConfig("hcloud:endpoint"),
  CLOUDFLARE_API_TOKEN: pulumi.runtime.getConfig("cloudflare:apiToken"),
  CLOUDFLARE_BASE_URL: pulumi.runtime.getConfig("cloudflare:baseUrl"),
  ...process.env,
});
