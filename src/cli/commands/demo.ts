import { labDown } from "../../lab/lifecycle.ts";
import { ensureSetup } from "../../deploy/ensure-setup.ts";
import { DAMAGES } from "../demo/damage.ts";
import { expectDrift, expectHealed, expectNoChanges } from "../demo/expect.ts";
import { interruptible, step } from "../../terminal/interrupt.ts";
import { CliError, elapsed, say, sayStyle } from "../../terminal/output.ts";
import { changesOrFail, showSummary } from "../../deploy/run-stack.ts";
import { openStack, type OpenStack } from "../../deploy/stack.ts";
import { lookAtClouds } from "../../deploy/cloud-view.ts";
import { reviewHosts } from "../review.ts";
import { checkAll } from "./check.ts";
import { driftText } from "../../report/drift-text.ts";
import { observe } from "../../deploy/observe.ts";
import { previewRun } from "../../deploy/preview-run.ts";
import { bringUp } from "../../deploy/bring-up.ts";

const STACK = "alaivos";

/**
 * The main job from end to end, in the lab: every step is checked, and the first one that fails ends the demo with exit
 * code 1.
 */
export async function demo(options: { keep?: boolean }): Promise<void> {
  const start = performance.now();
  await ensureSetup({ lab: true, announce: true });
  await labDown(STACK, { forget: true });
  const steps = await interruptible(async (signal) => {
    const played = new Steps(signal);
    try {
      await play(played);
    } finally {
      if (!options.keep) await takeDown();
    }
    return played;
  });
  report(steps, start, options.keep ?? false);
}

async function takeDown(): Promise<void> {
  say(sayStyle("dim", "\ntaking the lab down"));
  await labDown(STACK, { forget: true });
}

async function play(steps: Steps): Promise<void> {
  const stack = await steps.run("boot the lab: local clouds, and the machines that exist already", () =>
    openStack(STACK, { lab: true }),
  );
  await steps.run("preview", async () =>
    showSummary(changesOrFail(stack, await previewRun(stack, await lookAtClouds(stack))), "to "),
  );
  await steps.run("up", async () => showSummary(await changesOfUp(stack), ""));
  await steps.run("check every service from outside", () => checkEverything(stack));
  await steps.run("up again", async () => (expectNoChanges(await changesOfUp(stack)), "0 changes"));
  await steps.run("break five things by hand", async () => {
    await Promise.all(DAMAGES.map((damage) => damage.do(stack)));
    for (const { what } of DAMAGES) say(`  someone ${what}`);
  });
  await steps.run("drift", async () => {
    const found = await observe(stack);
    say(driftText({ version: 1, ...found }, sayStyle));
    expectDrift(found, DAMAGES);
    return `${DAMAGES.length} changes, each named`;
  });
  await steps.run(
    "up heals",
    async () => (expectHealed(await changesOfUp(stack), DAMAGES), `exactly ${DAMAGES.length} put back`),
  );
  await steps.run("drift again", async () => (expectDrift(await observe(stack), []), "none"));
}

async function changesOfUp(stack: OpenStack) {
  const { run, changes } = await bringUp(stack, await lookAtClouds(stack), {
    refresh: true,
    review: (hosts) => reviewHosts(stack, hosts),
  });
  changesOrFail(stack, run);
  return changes;
}

async function checkEverything(stack: OpenStack): Promise<string> {
  const results = await checkAll(stack);
  for (const { what, problem } of results)
    say(
      `  ${problem === undefined ? sayStyle("green", "✓") : sayStyle("red", "✗")} ${what}` +
        (problem === undefined ? "" : `: ${problem}`),
    );
  const failed = results.filter((r) => r.problem !== undefined).length;
  if (failed > 0) throw new CliError(`${failed} of ${results.length} checks failed`);
  return `${results.length} checks passed`;
}

/** Numbered steps with their times, kept for the report. */
class Steps {
  readonly done: { what: string; time: string; result: string }[] = [];
  private readonly signal: AbortSignal;

  constructor(signal: AbortSignal) {
    this.signal = signal;
  }

  async run<T>(what: string, work: () => Promise<T>): Promise<T> {
    const start = performance.now();
    say(`\n${sayStyle("bold", `${this.done.length + 1}. ${what}`)}`);
    const result = await step(this.signal, work);
    this.done.push({ what, time: elapsed(start), result: typeof result === "string" ? result : "" });
    say(sayStyle("dim", `   ${elapsed(start)}${typeof result === "string" ? `: ${result}` : ""}`));
    return result;
  }
}

function report(steps: Steps, start: number, kept: boolean): void {
  say(`\n${sayStyle("bold", "The whole story")}`);
  for (const { what, time, result } of steps.done) say(`  ${time.padStart(8)}  ${what}${result ? `: ${result}` : ""}`);
  say(`  ${elapsed(start).padStart(8)}  in all\n`);
  say(sayStyle("bold", "Try next"));
  if (kept) for (const line of KEPT_NEXT) say(`  ${line}`);
  else say("  npm run demo -- --keep                the same, and the lab stays up to play with");
  say(
    `  npx fleet show ${STACK}                hosts, services, cost, open settings\n` +
      `  $EDITOR hosts/${STACK}/ghost-01.ts      change a port or a header, then: npx fleet preview ${STACK} --lab`,
  );
}

const KEPT_NEXT = [
  `npx fleet ssh ${STACK} ghost-01 --lab   a shell on a machine`,
  `npx fleet drift ${STACK} --lab          after you have broken something there`,
  `npx fleet lab log ${STACK}              what the clouds were asked`,
  `npx fleet lab down ${STACK} --forget    when you are done`,
];
