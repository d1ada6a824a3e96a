import { readFile, writeFile } from "node:fs/promises";
import { previewMarker } from "../report/preview-head.ts";
import { mergedAs, readComment } from "./forge.ts";
import { forgeOf, scratchFile, stackName, variable } from "./runner.ts";

/** What was shown to those who reviewed a commit, for the deploy step. */
export interface Reviewed {
  /** The pull request that was merged as the commit; none where it was pushed without one. */
  pullRequest?: number;
  /** The comment with the plan; none where no preview of the stack stands there. */
  comment?: string;
}

const reviewedFile = (env: NodeJS.ProcessEnv): string => scratchFile(env, "reviewed.json");

/** @throws Error when the reviewed step did not run before */
export const readReviewed = async (env: NodeJS.ProcessEnv): Promise<Reviewed> =>
  JSON.parse(await readFile(reviewedFile(env), "utf8")) as Reviewed;

/**
 * Finds the pull request that the commit of the job was merged by, and what its comment showed of STACK. A step of its
 * own, so that the forge's token and the secrets of a stack are never in one.
 */
export async function reviewed(env: NodeJS.ProcessEnv, forge = forgeOf(env)): Promise<void> {
  const stack = stackName(env);
  const pullRequest = await mergedAs(forge, variable(env, "GITHUB_SHA"));
  const comment = pullRequest === undefined ? undefined : await readComment(forge, pullRequest, previewMarker(stack));
  await writeFile(reviewedFile(env), JSON.stringify({ pullRequest, comment } satisfies Reviewed));
  console.log(
    pullRequest === undefined
      ? "reviewed: no pull request was merged as this commit"
      : `reviewed: pull request ${pullRequest}, ${comment === undefined ? `without a preview of ${stack}` : "with its preview"}`,
  );
}
