import { parseDriftReport } from "../report/drift-schema.ts";
import { driftMarkdown } from "../report/drift-markdown.ts";
import { hasTargets } from "../notify/targets.ts";
import { addSummary, runFleet, stackName, type RunFleet } from "./runner.ts";
import { withStackEnvironment } from "./stack-environment.ts";

/**
 * Looks for drift of STACK. Ends as `fleet drift` ends, so that a job with drift fails; what drifted stands on its
 * page. Who is to be told of it is in the environment of the stack.
 */
export async function drift(env: NodeJS.ProcessEnv, fleet: RunFleet = runFleet): Promise<void> {
  const stack = stackName(env);
  const { exitCode, stdout } = await withStackEnvironment(env, (passed) =>
    fleet(["drift", stack, "--format", "json", ...(hasTargets(passed) ? ["--notify"] : [])], passed),
  );
  if (stdout) await addSummary(env, driftMarkdown(parseDriftReport(stdout)));
  process.exitCode = exitCode;
}
