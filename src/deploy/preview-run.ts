import type { EngineRun } from "../engine/run.ts";
import { type CloudLook, viewOf, withCloudView } from "./cloud-view.ts";
import { runStack } from "./run-stack.ts";
import type { OpenStack } from "./stack.ts";

/**
 * Plans against the world as it is now, or as it was when `refresh` is off; what exists and is to be adopted is shown
 * with its difference from the file.
 */
export const previewRun = (stack: OpenStack, look: CloudLook, refresh = true): Promise<EngineRun> =>
  withCloudView(stack, viewOf(look, refresh, { asFound: false, firstBoot: [] }), (viewed) =>
    runStack("preview", viewed, `previewing ${stack.name}`, { refresh }),
  );
