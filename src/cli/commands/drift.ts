import { driftExitCode, driftOf, type Drift } from "../../engine/drift.ts";
import { CliError, out, outStyle } from "../output.ts";
import { runStack } from "../run-stack.ts";
import { showDifference } from "../show-changes.ts";
import { openStack } from "../stack.ts";

const FORMATS = ["text", "json"];

export async function drift(name: string, options: { lab?: boolean; format: string }): Promise<void> {
  if (!FORMATS.includes(options.format)) throw new CliError(`--format ${options.format} is unknown: choose ${FORMATS.join(" or ")}`);
  const found = await observeDrift(name, options);
  if (options.format === "json") out(JSON.stringify(found));
  else showDrift(found);
  process.exitCode = driftExitCode(found);
}

/** Observes hosts and providers without running the program. @throws CliError when nothing could be observed at all. */
export async function observeDrift(name: string, options: { lab?: boolean }): Promise<Drift> {
  const stack = await openStack(name, options);
  const run = await runStack("refresh", stack, `observing ${name}`);
  const found = driftOf(name, run.events);
  if (found.resources.length === 0) throw new CliError(run.exitCode === 0 ? `${name} has no resources yet: run \`npx fleet up ${name}${options.lab ? " --lab" : ""}\` first` : run.output.trim());
  return found;
}

function showDrift(found: Drift): void {
  for (const row of found.resources) {
    if (row.status === "same") continue;
    out(`${outStyle(row.status === "drifted" ? "yellow" : "magenta", row.status.padEnd(8))} ${outStyle("bold", row.name)}${row.reason ? `: ${row.reason}` : ""}`);
    for (const change of row.changes) showDifference(change, "declared", "found");
  }
  const { same, drifted, unknown } = found.summary;
  out(outStyle("bold", `${found.stack}: ${same} as declared, ${drifted} drifted, ${unknown} unknown`));
}
