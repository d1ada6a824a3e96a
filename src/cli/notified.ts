import { join } from "node:path";
import { notify } from "../notify/notify.ts";
import { targetsIn } from "../notify/targets.ts";
import { readTold } from "../notify/told-file.ts";
import type { DriftReport } from "../report/drift.ts";
import { fleetDir } from "../setup/paths.ts";
import type { DriftCommandOptions } from "./commands/drift-options.ts";
import { INTERRUPTED } from "../terminal/interrupt.ts";
import { CliError, say, sayStyle } from "../terminal/output.ts";

/**
 * Looks, and tells those whom the environment names what is new and what is over. What could not be told is a warning,
 * and 1 as the exit code where nothing else is wrong. That nothing could be looked at is told as well.
 */
export async function notified(
  stack: string,
  { lab, only, notified: path }: DriftCommandOptions,
  look: () => Promise<DriftReport>,
): Promise<void> {
  const targets = targetsIn(process.env);
  const file = path ?? join(fleetDir, "notified", `${stack}${lab ? "-lab" : ""}.json`);
  await readTold(file, stack).catch((error: Error) => {
    throw new CliError(`--notified: ${error.message}`);
  });
  const tell = async (report: DriftReport | undefined) => {
    for (const problem of await notify(
      { stack, report: report?.problems ? undefined : report, only, at: new Date() },
      targets,
      file,
    )) {
      say(`${sayStyle("yellow", "warning")} ${problem}. It is told the next time`);
      process.exitCode ||= 1;
    }
  };
  const report = await look().catch(async (error: unknown) => {
    if (!(error instanceof CliError && error.exitCode === INTERRUPTED)) await tell(undefined);
    throw error;
  });
  await tell(report);
}
