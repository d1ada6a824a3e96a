import { labClearFaults, labDown, labFault, labLog, labMachine, labStatus, labUp } from "../../lab/lifecycle.ts";
import { assertFleet } from "../../load/assert.ts";
import { loadFleet } from "../../load/fleet.ts";
import { ensureSetup } from "../../deploy/ensure-setup.ts";
import { labSpecOf } from "../../deploy/lab-stack.ts";
import type { FaultRule } from "../../lab/clouds/http/faults.ts";
import { CliError, elapsed, out, outStyle, say } from "../../terminal/output.ts";

export async function up(stack: string): Promise<void> {
  const start = performance.now();
  const loaded = await loadFleet(stack);
  assertFleet(loaded);
  await ensureSetup({ lab: true });
  await labUp(labSpecOf(loaded.fleet));
  say(`the lab of ${stack} is up (${elapsed(start)}); go on with \`npx fleet up ${stack} --lab\``);
}

export async function down(stack: string, options: { forget?: boolean }): Promise<void> {
  const start = performance.now();
  await labDown(stack, { forget: options.forget ?? false });
  say(`the lab of ${stack} is down${options.forget ? " and forgotten" : ""} (${elapsed(start)})`);
}

export async function status(stack: string, options: { json?: boolean }): Promise<void> {
  const found = await labStatus(stack);
  if (options.json) return out(JSON.stringify(found));
  for (const [cloud, { url }] of Object.entries(found.clouds)) out(`${outStyle("bold", cloud)}  ${url}`);
  for (const host of found.hosts)
    out(
      `${outStyle("bold", host.name)}  ${host.user}@${host.address}:${host.port}  ` +
        (host.running ? "running" : "stopped"),
    );
  out(Object.keys(found.clouds).length > 0 ? `ssh -F ${found.sshConfig} <host>` : `the lab of ${stack} is down`);
}

export async function log(stack: string, options: { json?: boolean }): Promise<void> {
  const requests = await labLog(stack);
  if (options.json) return out(JSON.stringify(requests));
  for (const r of requests)
    out(
      `${r.time} ${r.cloud.padEnd(10)} ${r.method.padEnd(6)} ${r.status} ` +
        `${r.milliseconds.toFixed(0).padStart(5)} ms  ${r.path}`,
    );
}

export interface FaultOptions {
  cloud?: string;
  method?: string;
  path?: string;
  code?: string;
  times?: string;
}

export async function fault(stack: string, kind: string, options: FaultOptions): Promise<void> {
  if (kind === "off") {
    await labClearFaults(stack);
    return say(`no faults in the lab of ${stack}`);
  }
  const times = options.times === undefined ? undefined : Number(options.times);
  if (times !== undefined && !Number.isInteger(times))
    throw new CliError(`--times ${options.times} is no whole number`);
  await labFault(stack, {
    ...faultOf(kind),
    cloud: options.cloud,
    method: options.method,
    path: options.path,
    code: options.code,
    times,
  });
  say(
    `${options.cloud ?? "every cloud"} of ${stack} answers with ${kind}; \`npx fleet lab fault ${stack} off\` ends it`,
  );
}

function faultOf(kind: string): Pick<FaultRule, "fault" | "status"> {
  if (kind === "slow" || kind === "lost-reply") return { fault: kind };
  if (/^[45]\d\d$/.test(kind)) return { fault: "status", status: Number(kind) };
  throw new CliError(
    `the fault ${JSON.stringify(kind)} is unknown: give a status such as 429 or 500, slow, lost-reply, or off`,
  );
}

const ACTIONS = ["start", "stop", "pause", "resume", "swap-host-key"] as const;

export async function machine(stack: string, name: string, action: string): Promise<void> {
  const known = ACTIONS.find((a) => a === action);
  if (!known) throw new CliError(`the action ${JSON.stringify(action)} is unknown: choose ${ACTIONS.join(", ")}`);
  await labMachine(stack, name, known);
  say(`${action}: ${name}`);
}
