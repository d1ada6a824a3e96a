import { readFile } from "node:fs/promises";
import { withFailovers } from "../clouds/cloudflare/failover/drift.ts";
import { isSameSpelling } from "../clouds/spelling.ts";
import { driftOf, withUnseen, type Drift } from "../engine/drift.ts";
import { readState } from "../engine/read-state.ts";
import { loadIgnoreRules } from "../load/ignore.ts";
import { driftReport, type DriftReport, type ReportedRow } from "../report/drift.ts";
import { CliError } from "../terminal/output.ts";
import type { DeployedStack } from "./deployed-stack.ts";
import { readUpRecord } from "./last-up.ts";
import { failure, runStack } from "./run-stack.ts";

/** Observes a stack, and sets against it what its rules and an earlier report say. */
export async function reportDrift(
  stack: DeployedStack,
  { only, since: file }: { only?: string; since?: string },
  now: Date,
): Promise<DriftReport> {
  const [rules, since] = await Promise.all([
    loadIgnoreRules(stack.name),
    file === undefined ? undefined : readReport(file, stack.name),
  ]);
  const report = driftReport(await observe(stack, only), { only, rules, today: now.toISOString().slice(0, 10), since });
  if (only !== undefined && report.resources.length === 0) throw nothingOf(only, stack.name);
  return report;
}

async function readReport(path: string, stack: string): Promise<DriftReport> {
  const { parseDriftReport } = await import("../report/drift-schema.ts");
  try {
    const report = parseDriftReport(await readFile(path, "utf8"));
    if (report.stack !== stack) throw new Error(`it is about the stack ${JSON.stringify(report.stack)}`);
    return report;
  } catch (error) {
    throw new CliError(`--since ${path}: ${(error as Error).message}`);
  }
}

/**
 * Observes hosts and providers, and adds what the last `up` declared and did not reach. The program runs only where that
 * is not known otherwise. What an engine that failed did not come to is unknown.
 * @throws CliError when nothing could be observed at all
 */
export async function observe(stack: DeployedStack, only?: string): Promise<Drift> {
  const hosts = only === undefined ? undefined : [only];
  const [seen, lastUp] = await Promise.all([see(stack, hosts), readUpRecord(stack.target)]);
  const drift = lastUp ? await (await import("./unreached.ts")).addUnreached(stack, seen, lastUp, only) : seen;
  if (drift.resources.length > 0) return drift;
  if (only !== undefined) throw nothingOf(only, stack.name);
  throw new CliError(
    `${stack.name} has no resources yet: run \`npx fleet up ${stack.name}${stack.lab ? " --lab" : ""}\` first`,
  );
}

/**
 * What is not as the last `up` declared it on these hosts, by the stack's rules; what it did not reach is left out. In
 * the midst of an `up` too.
 */
export async function differing(stack: DeployedStack, hosts: readonly string[], now: Date): Promise<ReportedRow[]> {
  const [seen, rules] = await Promise.all([see(stack, hosts), loadIgnoreRules(stack.name)]);
  const { resources } = driftReport(seen, { rules, today: now.toISOString().slice(0, 10) });
  return resources.filter(({ host, status }) => host !== null && hosts.includes(host) && status !== "same");
}

async function see(stack: DeployedStack, hosts: readonly string[] | undefined): Promise<Drift> {
  const run = await runStack(
    "refresh",
    stack,
    `observing ${hosts?.join(", ") ?? stack.name}`,
    hosts === undefined ? {} : { target: hosts.flatMap((host) => targetsOf(stack.name, host)) },
  );
  const found = withFailovers(driftOf(stack.name, run.events, isSameSpelling), run.events);
  if (run.exitCode === 0) return found;
  const { message } = failure(stack, run);
  const all =
    found.resources.length === 0
      ? found
      : withUnseen(found, await readState(stack.target), `it was not come to: ${message}`);
  // Where nothing is unknown, nobody knows what failed.
  if (all.summary.unknown === 0) throw new CliError(message);
  return all;
}

const nothingOf = (host: string, stack: string): CliError =>
  new CliError(`${stack} has nothing of a host ${host}: give one of hosts/${stack}/ that an \`up\` has made`);

/**
 * What belongs to a host has its name, alone or before a slash or a hyphen. Where another host's name begins the same
 * way, too much is observed, and left out of the report.
 */
const targetsOf = (stack: string, host: string): string[] =>
  ["", "/**", "-**"].map((rest) => `urn:pulumi:${stack}::fleet::**::${host}${rest}`);
