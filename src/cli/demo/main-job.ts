import { bringUp } from "../../deploy/bring-up.ts";
import { lookAtClouds } from "../../deploy/cloud-view.ts";
import { observe } from "../../deploy/observe.ts";
import { previewRun } from "../../deploy/preview-run.ts";
import { changesOrFail, showSummary } from "../../deploy/run-stack.ts";
import { openStack, type OpenStack } from "../../deploy/stack.ts";
import { driftText } from "../../report/drift-text.ts";
import { CliError, say, sayStyle } from "../../terminal/output.ts";
import { checkAll } from "../commands/check.ts";
import { reviewHosts } from "../review.ts";
import type { Damage } from "./damage.ts";
import { expectDrift, expectHealed, expectNoChanges } from "./expect.ts";
import type { Steps } from "./steps.ts";

/** The main job of a fleet from end to end, in its lab: boot, up, check, break, drift, heal. */
export async function mainJob(name: string, damages: readonly Damage[], steps: Steps): Promise<OpenStack> {
  const stack = await steps.run("boot the lab: local clouds, and the machines that exist already", () =>
    openStack(name, { lab: true }),
  );
  await steps.run("preview", async () =>
    showSummary(changesOrFail(stack, await previewRun(stack, await lookAtClouds(stack))), "to "),
  );
  await steps.run("up", async () => showSummary(await changesOfUp(stack), ""));
  await steps.run("check every service from outside", () => checkEverything(stack));
  await steps.run("up again", async () => (expectNoChanges(await changesOfUp(stack)), "0 changes"));
  await steps.run(`break ${damages.length} things by hand`, async () => {
    await Promise.all(damages.map((damage) => damage.do(stack)));
    for (const { what } of damages) say(`  someone ${what}`);
  });
  await steps.run("drift", async () => {
    const found = await observe(stack);
    say(driftText({ version: 1, ...found }, sayStyle));
    expectDrift(found, damages);
    return `${damages.length} changes, each named`;
  });
  await steps.run(
    "up heals",
    async () => (expectHealed(await changesOfUp(stack), damages), `exactly ${damages.length} put back`),
  );
  await steps.run("drift again", async () => (expectDrift(await observe(stack), []), "none"));
  return stack;
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
