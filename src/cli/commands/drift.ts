import { reportDrift } from "../../deploy/observe.ts";
import { openDeployed } from "../../deploy/open-deployed.ts";
import { failedReport, reportExitCode, type DriftReport } from "../../report/drift.ts";
import { driftText } from "../../report/drift-text.ts";
import { INTERRUPTED } from "../../terminal/interrupt.ts";
import { CliError, out, outStyle, say, sayStyle } from "../../terminal/output.ts";
import type { DriftCommandOptions, DriftFormat } from "./drift-options.ts";

export async function drift(name: string, options: DriftCommandOptions): Promise<void> {
  if (!options.notify) return void (await look(name, options));
  const { notified } = await import("../notified.ts");
  await notified(name, options, () => look(name, options));
}

/**
 * Looks, prints the report, and sets the exit code. @returns the report, with what became of it where it was to be
 * healed
 */
async function look(name: string, options: DriftCommandOptions): Promise<DriftReport> {
  if (options.fix) return (await import("./drift-fix.ts")).driftAndFix(name, options);
  const now = new Date();
  const report = await openDeployed(name, options)
    .then((stack) => reportDrift(stack, options, now))
    .catch((error: Error) => reportFailure(name, options, error));
  out((await written(report, options.format, now)).trimEnd());
  process.exitCode = reportExitCode(report);
  return report;
}

/** A person is told of an error on stderr, where errors belong; the other formats hold it. */
function reportFailure(name: string, { format }: DriftCommandOptions, error: Error): DriftReport {
  if (format === "text" || (error instanceof CliError && error.exitCode === INTERRUPTED)) throw error;
  say(`${sayStyle("red", "error:")} ${error.message}`);
  return failedReport(name, error.message);
}

/** Each format is loaded when it is asked for. */
async function written(report: DriftReport, format: DriftFormat, now: Date): Promise<string> {
  switch (format) {
    case "text":
      return driftText(report, outStyle);
    case "json":
      return JSON.stringify(report);
    case "markdown":
      return (await import("../../report/drift-markdown.ts")).driftMarkdown(report);
    case "junit":
      return (await import("../../report/drift-junit.ts")).driftJunit(report, now);
    case "sarif":
      return (await import("../../report/drift-sarif.ts")).driftSarif(report);
  }
}
