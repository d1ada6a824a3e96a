import { lookAtClouds, withCloudView } from "../cloud-view.ts";
import { out, outStyle } from "../output.ts";
import { changesOrFail, runStack, showSummary } from "../run-stack.ts";
import { showChanges } from "../show-changes.ts";
import { withEarlyProvider } from "../deployed-stack.ts";
import { openStack, type OpenStack } from "../stack.ts";
import type { CloudView } from "../../existing/types.ts";
import type { EngineRun } from "../../engine/run.ts";

export async function preview(name: string, options: { lab?: boolean; json?: boolean }): Promise<void> {
  const stack = await withEarlyProvider(name, options.lab ?? false, () => openStack(name, options));
  const run = await previewRun(stack, await lookAtClouds(stack));
  const changes = changesOrFail(stack, run);
  if (options.json) return out(JSON.stringify(changes));
  showChanges(run.events);
  out(outStyle("bold", `${name}: ${showSummary(changes, "to ")}`));
}

/** Plans against the world as it is now; what exists and is to be adopted is shown with its difference from the file. */
export const previewRun = (stack: OpenStack, clouds: Omit<CloudView, "asFound">): Promise<EngineRun> =>
  withCloudView(stack, { ...clouds, asFound: false }, (viewed) => runStack("preview", viewed, `previewing ${stack.name}`, { refresh: true }));
