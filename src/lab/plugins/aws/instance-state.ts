import { describeInstance, untilInstance } from "./instance-calls.ts";
import type { Kind } from "./resource.ts";
import type { Scope } from "./scope.ts";

/** Whether an instance runs; the instance itself leaves that open. Its id is the instance's. */
export const instanceState: Kind = {
  token: "aws:ec2transitgateway/instanceState:InstanceState",
  unreadable: ["force"],
  async create(scope, { instanceId, state }) {
    await bring(scope, String(instanceId), String(state));
    return String(instanceId);
  },
  async read(scope, id) {
    const instance = await describeInstance(scope, id);
    if (instance === undefined) return undefined;
    return { instanceId: id, state: (instance.State?.Name ?? "").startsWith("stop") ? "stopped" : "running" };
  },
  update: (scope, id, _olds, { state }) => bring(scope, id, String(state)),
  async delete() {},
};

async function bring(scope: Scope, id: string, state: string): Promise<void> {
  const InstanceIds = [id];
  if ((await describeInstance(scope, id))?.State?.Name === state) return;
  if (state === "running")
    await scope.send("StartInstances", (client, sdk) => client.send(new sdk.StartInstancesCommand({ InstanceIds })));
  else await scope.send("StopInstances", (client, sdk) => client.send(new sdk.StopInstancesCommand({ InstanceIds })));
  await untilInstance(scope, id, state);
}
