import { setTimeout as sleep } from "node:timers/promises";
import { record } from "../../clouds/cloudflare/record/index.ts";
import { move, type Failure } from "../../clouds/cloudflare/failover/move.ts";
import type { Move } from "../../clouds/cloudflare/failover/plan.ts";
import { readState } from "../../engine/read-state.ts";
import { count } from "../../markup/visible.ts";
import { canonicalHostname } from "../../model/dns-form.ts";
import { tunnelResult } from "../../probes/visitors.ts";
import { INTERRUPTED, interrupted, interruptible } from "../../terminal/interrupt.ts";
import { CliError, elapsed, out, say, sayStyle } from "../../terminal/output.ts";
import { failure, runStack } from "../run-stack.ts";
import type { Cloud } from "./cloud.ts";

/**
 * Moves names, tells when visitors are answered there, and lets the stack's state know.
 * @throws CliError naming what was not moved, and where each name is then; or who is not answered
 */
export async function carryOut(cloud: Cloud, moves: readonly Move[]): Promise<void> {
  const start = performance.now();
  const { unanswered, exitCode } = await interruptible(async (signal) => {
    const failed = await move(cloud.connect, moves, signal);
    if (failed)
      throw signal.aborted && failed.elsewhere.length === 0 ? interrupted() : new CliError(failedWords(failed));
    out(`moved ${count(moves.length, "name")} in ${elapsed(start)}`);
    say(sayStyle("dim", "asking as visitors do"));
    const unanswered = await waitForAnswers(cloud, moves, signal);
    return { unanswered, exitCode: signal.aborted ? INTERRUPTED : 1 };
  });
  if (unanswered.length === 0) out(`visitors are answered, ${elapsed(start)} after the start`);
  await bringStateAlong(cloud, moves);
  if (unanswered.length > 0)
    throw new CliError(`${unanswered.join("\n")}\nthe names were moved, and stay where they are now`, exitCode);
}

function failedWords({ why, elsewhere }: Failure): string {
  if (elsewhere.length === 0) return `nothing was moved: ${why}`;
  const where = elsewhere.map(({ name, is, to }) =>
    is === "moved"
      ? `${name} leads to ${to}, and could not be moved back`
      : `${name}: it can't be told where it leads, look at Cloudflare`,
  );
  return [`not all was moved: ${why}`, ...where, "every other name is where it was"].join("\n");
}

/** Cloudflare needs some seconds until its whole network knows; a connector may have to begin. */
const PATIENCE_MS = 45_000;
const PAUSE_MS = 500;

/** @returns what is wrong with names that nobody answers for in all that time. A wildcard has no visitor of its own. */
async function waitForAnswers(cloud: Cloud, moves: readonly Move[], signal: AbortSignal): Promise<string[]> {
  const end = performance.now() + PATIENCE_MS;
  let waiting = moves.filter(({ name }) => !name.startsWith("*")).map((each) => ({ each, problem: "" }));
  for (;;) {
    const results = waiting.map(async ({ each }) => {
      const { problem } = await tunnelResult(each.name, each.after.tunnel!, cloud.proxy);
      return problem === undefined ? [] : [{ each, problem }];
    });
    waiting = (await Promise.all(results)).flat();
    if (waiting.length === 0 || signal.aborted || performance.now() > end)
      return waiting.map(({ each, problem }) => `${each.name} is not answered: ${problem}`);
    await sleep(PAUSE_MS);
  }
}

/** What could not be told to the state, the next `up` or `drift` finds out by itself. */
async function bringStateAlong(cloud: Cloud, moves: readonly Move[]): Promise<void> {
  const names = new Set(moves.map(({ name }) => name));
  try {
    const held = (await readState(cloud.target)).filter(
      ({ type, inputs }) =>
        type === record.token && inputs?.type === "CNAME" && names.has(canonicalHostname(String(inputs.name))),
    );
    if (held.length === 0) return;
    const target = held.map(({ urn }) => urn);
    const run = await runStack("refresh", cloud, "telling the stack's state", { writes: true, target });
    if (run.exitCode !== 0) throw failure(cloud, run);
  } catch (error) {
    const why = (error as Error).message;
    say(
      `${sayStyle("yellow", "warning")} the stack's state does not know of it yet (${why}): the next \`fleet up\` finds it`,
    );
  }
}
