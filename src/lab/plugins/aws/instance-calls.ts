import type { Instance } from "@aws-sdk/client-ec2";
import { setTimeout as sleep } from "node:timers/promises";
import { unlessGone, type Scope } from "./scope.ts";

const POLL_MS = 500;
const LONGEST_MS = 5 * 60_000;

/** An instance; nothing when it is gone, or as good as. */
export async function describeInstance(scope: Scope, id: string): Promise<Instance | undefined> {
  const found = await unlessGone(
    scope.look("DescribeInstances", id, (client, sdk) =>
      client.send(new sdk.DescribeInstancesCommand({ InstanceIds: [id] })),
    ),
    "InvalidInstanceID.NotFound",
  );
  const instance = found?.Reservations?.[0]?.Instances?.[0];
  return /^(terminated|shutting-down)$/.test(instance?.State?.Name ?? "terminated") ? undefined : instance;
}

/** Waits until an instance is in a state. @throws Error after five minutes */
export async function untilInstance(scope: Scope, id: string, state: string): Promise<void> {
  const deadline = Date.now() + LONGEST_MS;
  while (((await describeInstance(scope, id))?.State?.Name ?? "terminated") !== state) {
    if (Date.now() > deadline)
      throw new Error(`instance ${id} in ${scope.region} is not ${state} after ${LONGEST_MS / 60_000} minutes`);
    await sleep(POLL_MS);
  }
}
