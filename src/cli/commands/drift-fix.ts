import { reportExitCode, type DriftReport } from "../../report/drift.ts";
import { fixExitCode, fixText, planText } from "../../report/drift-fix.ts";
import { driftText } from "../../report/drift-text.ts";
import { withEarlyProvider } from "../../deploy/deployed-stack.ts";
import { fixDrift, prepareFix } from "../../deploy/fix-drift.ts";
import { assertTerminal, CliError, confirm, out, outStyle, say, sayStyle } from "../../terminal/output.ts";
import { reportDrift } from "../../deploy/observe.ts";
import { openStack } from "../../deploy/stack.ts";
import type { DriftCommandOptions } from "./drift-options.ts";

/**
 * `fleet drift --fix`: shows what drifted, asks, and puts just that back. @returns the report, with what became of each
 */
export async function driftAndFix(name: string, options: DriftCommandOptions): Promise<DriftReport> {
  if (options.format !== "text" && options.format !== "json")
    throw new CliError(`--fix tells what it did as text or json: --format ${options.format} does not go with it`);
  const asks = !options.lab && !options.yes;
  if (asks) assertTerminal();
  const json = options.format === "json";
  const stack = await withEarlyProvider(name, options.lab ?? false, () => openStack(name, options));
  const report = await reportDrift(stack, options, new Date());
  if (json) say(driftText(report, sayStyle));
  else out(driftText(report, outStyle));

  const end = (ended: DriftReport, exitCode: number) => {
    if (json) out(JSON.stringify(ended));
    process.exitCode = exitCode;
    return ended;
  };
  if (report.summary.drifted === 0) return end(report, reportExitCode(report));
  const prepared = await prepareFix(stack, report);
  say(planText(report, prepared.plan));
  if (asks && prepared.plan.target.length > 0 && !(await confirm(`Put it back?`))) {
    say("nothing was changed");
    return end(report, reportExitCode(report));
  }
  const fixed = await fixDrift(stack, report, prepared);
  if (!json) out(fixText(fixed, outStyle));
  return end(fixed, fixExitCode(fixed));
}
