import type { EngineRun } from "../../engine/run.ts";
import { type CloudLook, lookAtClouds, withCloudView } from "../cloud-view.ts";
import { withEarlyProvider } from "../deployed-stack.ts";
import { out, outStyle } from "../output.ts";
import { changesOrFail, runStack, showSummary } from "../run-stack.ts";
import { showChanges } from "../show-changes.ts";
import { openStack, type OpenStack } from "../stack.ts";

export async function preview(name: string, options: { lab?: boolean; json?: boolean; refresh: boolean }): Promise<void> {
  const open = () => openStack(name, options);
  const stack = await (options.refresh ? withEarlyProvider(name, options.lab ?? false, open) : open());
  const run = await previewRun(stack, await lookAtClouds(stack), options.refresh);
  const changes = changesOrFail(stack, run);
  if (options.json) return out(JSON.stringify(changes));
  showChanges(run.events);
  out(outStyle("bold", `${name}: ${showSummary(changes, "to ")}`));
}

/** Plans against the world as it is now, or as it was when `refresh` is off; what exists and is to be adopted is shown with its difference from the file. */
export const previewRun = (stack: OpenStack, { view }: CloudLook, refresh = true): Promise<EngineRun> =>
  withCloudView(stack, { ...view, asFound: false, firstBoot: [] }, (viewed) => runStack("preview", viewed, `previewing ${stack.name}`, { refresh }));
