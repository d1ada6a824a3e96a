import { lookAtClouds } from "../cli/cloud-view.ts";
import { observe } from "../cli/commands/drift.ts";
import { bringUp } from "../cli/commands/up.ts";
import { writeProject } from "../cli/lab-stack.ts";
import { fail, out } from "../cli/output.ts";
import { changesOrFail } from "../cli/run-stack.ts";
import { openFleet, type OpenStack } from "../cli/stack.ts";
import { benchFleet, SERVICES_VARIABLE } from "./fleet.ts";

/**
 * `command.ts up|drift SERVICES fleet|empty`: what `fleet up bench --lab` and `fleet drift bench --lab` do, with so many services on each
 * host, on the fleet provider or on one that does nothing. Prints the summary as JSON.
 */
const [command, services, provider] = process.argv.slice(2);

try {
  const stack = await open(Number(services), provider as "fleet" | "empty");
  if (command === "drift") out(JSON.stringify((await observe(stack)).summary));
  else {
    const { run } = await bringUp(stack, await lookAtClouds(stack));
    out(JSON.stringify(changesOrFail(stack, run).summary));
  }
} catch (error) {
  fail(error);
}

async function open(services: number, provider: "fleet" | "empty"): Promise<OpenStack> {
  const stack = await openFleet(benchFleet(services), { lab: true });
  await writeProject(stack.target.cwd, { program: "src/bench/program.ts", ...(provider === "empty" && { provider: "src/bench/empty-provider" }) });
  return { ...stack, target: { ...stack.target, env: { ...stack.target.env, [SERVICES_VARIABLE]: String(services) } } };
}
