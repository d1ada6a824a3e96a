import type { EngineRun } from "../engine/run.ts";
import { type CloudLook, viewOf, withCloudView } from "./cloud-view.ts";
import { failedByKeepingAlone, keptWithItsOwn, wordsOfKept } from "./kept.ts";
import { runStack } from "./run-stack.ts";
import type { OpenStack } from "./stack.ts";

/**
 * Plans against the world as it is now, or as it was when `refresh` is off; what exists and is to be adopted is shown
 * with its difference from the file. What is protected and no longer declared is kept with all that belongs to it: the
 * plan is of everything else, and the run has failed by it.
 * @param hosts as if the others were only planned; all when left out
 */
export async function previewRun(
  stack: OpenStack,
  look: CloudLook,
  refresh = true,
  hosts?: readonly string[],
): Promise<EngineRun> {
  const view = viewOf(look, refresh, { asFound: false, firstBoot: [], ...(hosts && { hosts }) });
  const plan = (what: string, exclude: readonly string[]) =>
    withCloudView(stack, view, (viewed) => runStack("preview", viewed, what, { refresh, exclude }));
  const first = await plan(`previewing ${stack.name}`, []);
  if (!failedByKeepingAlone(first)) return first;
  const rest = await plan("previewing the rest", await keptWithItsOwn(stack, first.events, look.state));
  return { ...rest, exitCode: rest.exitCode || first.exitCode, events: [...rest.events, ...wordsOfKept(first.events)] };
}
