import { userInfo } from "node:os";
import { carriedBy, pathsOf } from "../../clouds/cloudflare/failover/paths.ts";
import { leadWords, planFailback, planFailover, type Plan } from "../../clouds/cloudflare/failover/plan.ts";
import { look } from "../../clouds/cloudflare/failover/sight.ts";
import { carryOut } from "../../deploy/failover/carry-out.ts";
import { openCloud, type Cloud } from "../../deploy/failover/cloud.ts";
import { watch } from "../../deploy/failover/watch.ts";
import { count, oneLine } from "../../markup/visible.ts";
import { failoverWords, instantOf } from "../../model/failover.ts";
import { targetsIn } from "../../notify/targets.ts";
import { assertTerminal, CliError, confirm, out, outStyle, say, sayStyle } from "../../terminal/output.ts";

export interface FailbackOptions {
  lab?: boolean;
  force?: boolean;
  yes?: boolean;
}

export interface FailoverOptions extends FailbackOptions {
  to?: string;
  why?: string;
  watch?: boolean;
  notify?: boolean;
}

/** Leads the host names of a host's tunnels to their standby. Connects to no host. */
export async function failover(name: string, host: string, options: FailoverOptions): Promise<void> {
  if (options.notify && !options.watch) throw new CliError("--notify goes with --watch: who fails over by hand knows");
  const cloud = await begin(name, options);
  const paths = pathsOf(cloud.fleet, host, options.to);
  if (options.watch) {
    const targets = options.notify ? targetsIn(process.env) : [];
    if (asks(options) && !(await confirm(`Watch ${host}, and fail it over without asking?`))) return;
    return watch(cloud, paths, { host, by: who(), targets, ...(options.why && { why: options.why }) });
  }
  const sight = await look(
    cloud.connect(),
    paths.map(({ from }) => from),
    paths.map(({ standby }) => standby),
  );
  const plan = planFailover(paths, sight, {
    by: who(),
    since: instantOf(new Date()),
    ...(options.why && { why: options.why }),
  });
  await settle(cloud, plan, options, { question: `Fail ${host} over?`, none: `${host} is failed over already` });
}

/** Leads them back. */
export async function failback(name: string, host: string, options: FailbackOptions): Promise<void> {
  const cloud = await begin(name, options);
  const tunnels = carriedBy(cloud.fleet, host);
  const standbys = cloud.fleet.edge.tunnels.filter(({ standby }) => standby);
  const plan = planFailback(tunnels, await look(cloud.connect(), tunnels, standbys));
  await settle(cloud, plan, options, { question: `Lead them back to ${host}?`, none: `${host} is not failed over` });
}

const asks = ({ lab, yes }: FailbackOptions): boolean => !lab && !yes;

async function begin(name: string, options: FailbackOptions): Promise<Cloud> {
  if (asks(options)) assertTerminal();
  return openCloud(name, options);
}

/** Shows what is to be done, asks, and does it. */
async function settle(
  cloud: Cloud,
  plan: Plan,
  options: FailbackOptions,
  words: { question: string; none: string },
): Promise<void> {
  for (const { name, mark } of plan.done) if (mark) out(`${name}: ${oneLine(failoverWords(mark))}`);
  for (const left of plan.left) out(oneLine(left));
  for (const { name, before, after } of plan.moves)
    out(`${outStyle("bold", name)}: from ${oneLine(leadWords(before))} to ${leadWords(after)}`);
  if (plan.moves.length === 0 && plan.doubts.length === 0) return out(`${words.none}: nothing was changed`);
  for (const doubt of plan.doubts) say(`${sayStyle("yellow", "warning")} ${oneLine(doubt, 1000)}`);
  if (plan.doubts.length > 0 && !options.force)
    throw new CliError(
      `nothing was changed: ${count(plan.doubts.length, "doubt")}. Add --force to go on with what can be moved`,
    );
  if (plan.moves.length === 0) return out("nothing can be moved");
  if (asks(options) && !(await confirm(words.question))) return say("nothing was changed");
  await carryOut(cloud, plan.moves);
}

/** Whose name the records remember: who started the workflow, where it is one. */
function who(): string {
  if (process.env.GITHUB_ACTOR) return process.env.GITHUB_ACTOR;
  try {
    return userInfo().username;
  } catch {
    // A user without an entry in /etc/passwd has no name.
    return "";
  }
}
