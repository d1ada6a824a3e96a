import type { Changes } from "../engine/changes.ts";
import { changesMarkdown } from "../report/changes-markdown.ts";
import { addSummary, runFleet, stackName, type RunFleet } from "./runner.ts";
import { withStackEnvironment } from "./stack-environment.ts";

/** Brings STACK to what its files say. What was done stands on the page of the job, also where something failed. */
export async function deploy(env: NodeJS.ProcessEnv, fleet: RunFleet = runFleet): Promise<void> {
  const stack = stackName(env);
  const { exitCode, stdout } = await withStackEnvironment(env, (passed) =>
    fleet(["up", stack, "--yes", "--json"], passed),
  );
  if (stdout) await addSummary(env, changesMarkdown(JSON.parse(stdout) as Changes));
  process.exitCode = exitCode;
}
