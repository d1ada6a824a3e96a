import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { contextOf, type Host } from "../model/host.ts";
import { isActive } from "../model/status.ts";
import type { ProbeResult } from "./run.ts";

const run = promisify(execFile);
const DEADLINE_MS = 15_000;

/**
 * Whether cron on a host knows every entry that its services declare. One connection; none when nothing is declared.
 */
export async function cronResults(
  host: Host,
  standIns: boolean,
  sshArguments: readonly string[],
): Promise<ProbeResult[]> {
  const context = { ...contextOf(host), standIns };
  const entries = host.services.filter(isActive).flatMap((service) => Object.entries(service.render(context).cron));
  if (entries.length === 0) return [];
  const lines = await run("ssh", ["-o", "BatchMode=yes", ...sshArguments, "cat /etc/cron.d/* 2>/dev/null || true"], {
    timeout: DEADLINE_MS,
  }).then(
    ({ stdout }) => stdout.split("\n"),
    (error: { stderr?: string; message: string }) => error.stderr?.trim() || error.message,
  );
  return entries.map(([name, { schedule, user, command }]) => {
    const what = `cron on ${host.name} has ${name} at ${schedule}`;
    if (typeof lines === "string") return { what, problem: lines };
    const isThere = lines.some(
      (line) => line.startsWith(`${schedule} ${user} `) && line.includes(command.slice(0, 40)),
    );
    return { what, problem: isThere ? undefined : "the entry is not there" };
  });
}
