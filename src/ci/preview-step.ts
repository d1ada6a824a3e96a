import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { code } from "../markup/markdown.ts";
import { previewMarker } from "../report/preview-head.ts";
import { baseFile } from "./base-step.ts";
import { addSummary, runFleet, scratchFile, stackName, type RunFleet } from "./runner.ts";
import { withStackEnvironment } from "./stack-environment.ts";

/** Where the comment step finds what the preview step has written. */
export const previewFile = (env: NodeJS.ProcessEnv): string => scratchFile(env, "preview.md");

/**
 * Previews STACK against what the base step found, for the comment step and the page of the job. Ends as the preview
 * ends.
 */
export async function preview(env: NodeJS.ProcessEnv, fleet: RunFleet = runFleet): Promise<void> {
  const stack = stackName(env);
  const base = baseFile(env);
  const { exitCode, stdout } = await withStackEnvironment(env, (passed) =>
    fleet(["preview", stack, "--format", "markdown", ...(existsSync(base) ? ["--base", base] : [])], passed),
  );
  const markdown =
    stdout ||
    `${previewMarker(stack)}\n\n## ${code(stack)}: no preview\n\n` +
      "It ended before there was anything to tell. The log of the job says why.\n";
  await writeFile(previewFile(env), markdown);
  await addSummary(env, markdown);
  process.exitCode = exitCode;
}
