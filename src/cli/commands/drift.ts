import { driftExitCode, driftOf, type Drift } from "../../engine/drift.ts";
import { CliError, out, outStyle } from "../output.ts";
import { runStack } from "../run-stack.ts";
import { showDifference } from "../show-changes.ts";
import { openDeployed, type DeployedStack } from "../deployed-stack.ts";

export async function drift(name: string, options: { lab?: boolean; format: "text" | "json" }): Promise<void> {
  const found = await observe(await openDeployed(name, options));
  if (options.format === "json") out(JSON.stringify(found));
  else showDrift(found);
  process.exitCode = driftExitCode(found);
}

/** Observes hosts and providers without running the program. @throws CliError when nothing could be observed at all. */
export async function observe(stack: DeployedStack): Promise<Drift> {
  const run = await runStack("refresh", stack, `observing ${stack.name}`);
  const found = driftOf(stack.name, run.events);
  if (found.resources.length === 0) throw new CliError(run.exitCode === 0 ? `${stack.name} has no resources yet: run \`npx fleet up ${stack.name}${stack.lab ? " --lab" : ""}\` first` : run.output.trim());
  return found;
}

/** Prints what is not as declared, each with its lines. */
export function showDrift(found: Drift, print: (line: string) => void = out): void {
  for (const row of found.resources) {
    if (row.status === "same") continue;
    print(`${outStyle(row.status === "drifted" ? "yellow" : "magenta", row.status.padEnd(8))} ${outStyle("bold", row.name)}${row.reason ? `: ${row.reason}` : ""}`);
    for (const change of row.changes) showDifference(change, "declared", "found", print);
  }
  const { same, drifted, unknown } = found.summary;
  print(outStyle("bold", `${found.stack}: ${same} as declared, ${drifted} drifted, ${unknown} unknown`));
}
