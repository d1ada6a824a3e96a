import { lookAtClouds } from "../deploy/cloud-view.ts";
import { bringUp } from "../deploy/bring-up.ts";
import { previewRun } from "../deploy/preview-run.ts";
import { withEarlyProvider } from "../deploy/deployed-stack.ts";
import { writeProject } from "../deploy/lab-stack.ts";
import { changesOrFail } from "../deploy/run-stack.ts";
import { openFleet, type OpenStack } from "../deploy/stack.ts";
import { benchFleet } from "./fleet.ts";
import { SERVICES_VARIABLE, STACK } from "./stack.ts";

/** What `fleet up bench --lab` changes, in numbers. The engine starts an empty provider itself, as it starts any. */
export async function upBench(services: number, provider: "fleet" | "empty") {
  const open = () => openBench(services, provider);
  const stack = await (provider === "fleet" ? withEarlyProvider(STACK, true, open) : open());
  const { run } = await bringUp(stack, await lookAtClouds(stack), { refresh: true, review: async () => [] });
  return changesOrFail(stack, run).summary;
}

/** What `fleet preview bench --lab` would change, in numbers. */
export async function previewBench(services: number, provider: "fleet" | "empty") {
  const stack = await openBench(services, provider);
  return changesOrFail(stack, await previewRun(stack, await lookAtClouds(stack))).summary;
}

async function openBench(services: number, provider: "fleet" | "empty"): Promise<OpenStack> {
  const stack = await openFleet(benchFleet(services), { lab: true });
  await writeProject(stack.target.cwd, {
    program: "src/bench/program.ts",
    ...(provider === "empty" && { provider: "src/bench/empty-provider" }),
  });
  return { ...stack, target: { ...stack.target, env: { ...stack.target.env, [SERVICES_VARIABLE]: String(services) } } };
}
