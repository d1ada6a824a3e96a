import { writeFile } from "node:fs/promises";
import type { Changes } from "../engine/changes.ts";
import { code } from "../markup/markdown.ts";
import { changesMarkdown } from "../report/changes-markdown.ts";
import { readReviewed } from "./reviewed-step.ts";
import { addSummary, runFleet, scratchFile, stackName, type RunFleet } from "./runner.ts";
import { withStackEnvironment } from "./stack-environment.ts";

/**
 * Brings STACK to what its files say, as it was reviewed: what is not in the plan of the pull request's comment ends it
 * before anything is changed, unless ACCEPT_CHANGES is "true". What was done stands on the page of the job, also where
 * something failed.
 */
export async function deploy(env: NodeJS.ProcessEnv, fleet: RunFleet = runFleet): Promise<void> {
  const stack = stackName(env);
  const [review, deletes] = [await reviewOptions(env, stack), deleteOptions(env)];
  const { exitCode, stdout } = await withStackEnvironment(env, (passed) =>
    fleet(["up", stack, "--yes", "--json", ...review, ...deletes], passed),
  );
  await addSummary(
    env,
    stdout
      ? changesMarkdown(JSON.parse(stdout) as Changes)
      : `## ${code(stack)}: nothing was brought up\n\nThe log of the job says why.\n`,
  );
  process.exitCode = exitCode;
}

/** @throws Error when there was a pull request and nobody has seen in it what would change */
async function reviewOptions(env: NodeJS.ProcessEnv, stack: string): Promise<string[]> {
  const { pullRequest, comment } = await readReviewed(env);
  const accepts = env.ACCEPT_CHANGES === "true";
  if (comment !== undefined) {
    const file = scratchFile(env, "reviewed.md");
    await writeFile(file, comment);
    return ["--reviewed", file, ...(accepts ? ["--accept-changes"] : [])];
  }
  if (pullRequest !== undefined && !accepts)
    throw new Error(
      `pull request ${pullRequest} has no preview of ${stack}, so nobody has seen what this would change: look at it ` +
        "with `fleet preview`, then start this workflow by hand with accept_changes",
    );
  await addSummary(env, `${code(stack)} is brought up without a plan that was reviewed.\n`);
  return [];
}

/** @throws Error when ALLOW_DELETES is no number */
function deleteOptions({ ALLOW_DELETES: number }: NodeJS.ProcessEnv): string[] {
  if (!number) return [];
  if (!/^\d{1,9}$/.test(number))
    throw new Error(`allow_deletes is ${JSON.stringify(number)}, which is no whole number`);
  return ["--allow-deletes", number];
}
