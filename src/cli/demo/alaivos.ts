import { bringUp } from "../../deploy/bring-up.ts";
import { lookAtClouds } from "../../deploy/cloud-view.ts";
import { observe } from "../../deploy/observe.ts";
import { previewRun } from "../../deploy/preview-run.ts";
import { changesOrFail, showSummary } from "../../deploy/run-stack.ts";
import { openStack, type OpenStack } from "../../deploy/stack.ts";
import { labDown } from "../../lab/lifecycle.ts";
import { driftText } from "../../report/drift-text.ts";
import { CliError, say, sayStyle } from "../../terminal/output.ts";
import { checkAll } from "../commands/check.ts";
import { reviewHosts } from "../review.ts";
import { DAMAGES } from "./damage.ts";
import { expectDrift, expectHealed, expectNoChanges } from "./expect.ts";
import type { Steps } from "./steps.ts";
import type { Story } from "./story.ts";

const STACK = "alaivos";

/** The main job from end to end: boot, up, check, break, drift, heal. */
export const alaivos: Story = {
  prepare: () => labDown(STACK, { forget: true }),
  takeDown: () => labDown(STACK, { forget: true }),
  play,
  next: (kept) => [
    ...(kept ? KEPT_NEXT : ["npm run demo -- --keep                the same, and the lab stays up to play with"]),
    `npx fleet show ${STACK}                hosts, services, cost, open settings`,
    `$EDITOR hosts/${STACK}/ghost-01.ts      change a port or a header, then: npx fleet preview ${STACK} --lab`,
    "npm run demo -- vault1984             the second fleet: a pilot, a go, twenty regions",
  ],
};

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

const KEPT_NEXT = [
  `npx fleet ssh ${STACK} ghost-01 --lab   a shell on a machine`,
  `npx fleet drift ${STACK} --lab          after you have broken something there`,
  `npx fleet lab log ${STACK}              what the clouds were asked`,
  `npx fleet lab down ${STACK} --forget    when you are done`,
];
