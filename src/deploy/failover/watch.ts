import { setTimeout as sleep } from "node:timers/promises";
import type { CloudflareClient } from "../../clouds/cloudflare/client.ts";
import type { Path } from "../../clouds/cloudflare/failover/paths.ts";
import { isConnected, planFailover } from "../../clouds/cloudflare/failover/plan.ts";
import { look, recordsOf } from "../../clouds/cloudflare/failover/sight.ts";
import type { ApiRecord } from "../../clouds/cloudflare/record/fields.ts";
import { tunnelsIn } from "../../clouds/cloudflare/tunnel/index.ts";
import { oneLine } from "../../markup/visible.ts";
import { failoverWords, instantOf, readMark, type FailoverMark } from "../../model/failover.ts";
import { hostnamesOfTunnel } from "../../model/tunnel.ts";
import type { Finding } from "../../notify/findings.ts";
import { send, type Target } from "../../notify/targets.ts";
import { interrupted, interruptible } from "../../terminal/interrupt.ts";
import { out, say, sayStyle } from "../../terminal/output.ts";
import { carryOut } from "./carry-out.ts";
import type { Cloud } from "./cloud.ts";
import { listen, type Connection, type Silence } from "./silence.ts";

export interface Watch {
  host: string;
  by: string;
  why?: string;
  /** Who is told. */
  targets: readonly Target[];
}

/** A tunnel that is watched, and what was said of it last. */
interface Watched extends Path {
  silence?: Silence;
  said?: string;
}

const PAUSE_SECONDS = 5;

/**
 * Watches the tunnels of a host at Cloudflare. One that nobody is connected to for as long as its file says is failed
 * over, once; when all are, this ends. Where that can't be done it is tried again, and told once.
 * @throws CliError 130 when it is interrupted
 */
export const watch = (cloud: Cloud, paths: readonly Path[], options: Watch): Promise<void> =>
  interruptible(async (signal) => {
    let waiting: Watched[] = await notYet(cloud, paths);
    for (const { from, standby } of waiting)
      say(`watching the tunnel ${from.name}: after ${afterOf(from)} s without a connection ${standby.name} takes over`);
    while (waiting.length > 0) {
      const seen = await connections(cloud.connect());
      const now = performance.now() / 1000;
      for (const each of waiting) {
        each.silence = listen(each.silence, seen.of(each.from.name), now);
        remark(each, seen.why);
      }
      const due = waiting.filter(
        ({ from, silence }) => silence!.last === "silent" && silence!.seconds >= afterOf(from),
      );
      for (const each of due) if (await takeOver(cloud, each, options)) waiting = waiting.filter((one) => one !== each);
      if (waiting.length > 0) await sleep(PAUSE_SECONDS * 1000, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) throw interrupted();
    }
  });

/** Those that are not failed over already, as far as Cloudflare says. */
async function notYet(cloud: Cloud, paths: readonly Path[]): Promise<Watched[]> {
  const open = paths.map(async (path) => {
    const records = await recordsOf(cloud.connect(), hostnamesOfTunnel(path.from)).catch(() => undefined);
    const marks = [...(records ?? new Map<string, ApiRecord>())].flatMap(([name, { comment }]) => {
      const mark = readMark(comment);
      return mark?.to === path.standby.name ? [`${name}: ${oneLine(failoverWords(mark))}`] : [];
    });
    for (const mark of marks) out(mark);
    return records && marks.length > 0 && marks.length === records.size ? [] : [path];
  });
  return (await Promise.all(open)).flat();
}

const afterOf = ({ failover }: Path["from"]): number => failover?.after ?? 30;

/** No answer of Cloudflare's, and a tunnel that it does not list, say nothing about connections. */
async function connections(client: CloudflareClient): Promise<{ of(name: string): Connection; why?: string }> {
  try {
    const all = new Map((await tunnelsIn(client)).map(({ name, status }) => [name, status]));
    return {
      of(name) {
        const status = all.get(name);
        if (status === undefined) return "unknown";
        return isConnected(status) ? "connected" : "silent";
      },
    };
  } catch (error) {
    return { of: () => "unknown", why: (error as Error).message };
  }
}

/** Says what has changed. */
function remark(each: Watched, why = "Cloudflare does not list it"): void {
  const words = { connected: "is connected", silent: "has no connection", unknown: `can't be told of: ${why}` };
  const text = `the tunnel ${each.from.name} ${words[each.silence!.last]}`;
  if (text !== each.said) say(`${instantOf(new Date())} ${oneLine(text, 500)}`);
  each.said = text;
}

/** @returns whether its names are at the standby now */
async function takeOver(cloud: Cloud, each: Watched, { host, by, why, targets }: Watch): Promise<boolean> {
  const { from, standby } = each;
  const reason = why ?? `no connection for ${Math.round(each.silence!.seconds)} s`;
  const mark: FailoverMark = { by, since: instantOf(new Date()), from: from.name, to: standby.name, why: reason };
  const tell = (finding: Pick<Finding, "kind" | "reason">) =>
    tellAll(cloud.name, targets, { ...finding, host, name: `the tunnel ${from.name}` });
  try {
    const plan = planFailover([each], await look(cloud.connect(), [from], [standby]), mark);
    for (const { name, mark: known } of plan.done) if (known) out(`${name}: ${oneLine(failoverWords(known))}`);
    if (plan.doubts.length > 0) throw new Error(plan.doubts.join("; "));
    if (plan.moves.length === 0) return true;
    say(`${instantOf(new Date())} ${failoverWords(mark)}`);
    await carryOut(cloud, plan.moves);
    await tell({ kind: "failed-over", reason: failoverWords(mark) });
    return true;
  } catch (error) {
    const { message } = error as Error;
    const text = `the tunnel ${from.name} can't be failed over: ${message}`;
    if (each.said !== text) {
      say(`${sayStyle("red", "error:")} ${text}`);
      await tell({ kind: "failed", reason: message });
    }
    each.said = text;
    return false;
  }
}

/** Who can't be told is no reason not to go on. */
async function tellAll(stack: string, targets: readonly Target[], finding: Finding): Promise<void> {
  for (const target of targets)
    await send(target, stack, { fresh: [finding], resolved: [], told: {} }, new Date()).catch((error: Error) =>
      say(`${sayStyle("yellow", "warning")} ${error.message}`),
    );
}
