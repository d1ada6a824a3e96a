import { readFile } from "node:fs/promises";
import { code } from "../markup/markdown.ts";
import { previewMarker } from "../report/preview-head.ts";
import { root } from "../setup/paths.ts";
import { readModules } from "../touched/changed-files.ts";
import { stacksIn } from "../touched/touched.ts";
import { putComment } from "./forge.ts";
import { previewFile } from "./preview-step.ts";
import { forgeOf, pullRequestNumber, stackName, variable } from "./runner.ts";

/** Puts the preview of STACK under the pull request, in the place of the former one. */
export async function comment(env: NodeJS.ProcessEnv): Promise<void> {
  const stack = stackName(env);
  const body = await readFile(previewFile(env), "utf8");
  if (!body.startsWith(`${previewMarker(stack)}\n`)) throw new Error(`${previewFile(env)} is no preview of ${stack}`);
  console.log(`comment: ${await putComment(forgeOf(env), await pullRequestNumber(env), body)}`);
}

/** Says in the comments of stacks that are none of STACKS any more that the change does not touch them now. */
export async function stale(env: NodeJS.ProcessEnv): Promise<void> {
  const touched = JSON.parse(variable(env, "STACKS")) as string[];
  const number = await pullRequestNumber(env);
  for (const stack of stacksIn(await readModules(root)).filter((name) => !touched.includes(name))) {
    const body = `${previewMarker(stack)}\n\n## ${code(stack)}: not touched\n\nThis change does not touch it any more.\n`;
    console.log(`${stack}: ${await putComment(forgeOf(env), number, body, { onlyExisting: true })}`);
  }
}
