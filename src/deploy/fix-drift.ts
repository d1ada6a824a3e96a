import { changesOf, errorsByUrn, failuresOf, type Changes } from "../engine/changes.ts";
import type { EngineEvent } from "../engine/events.ts";
import type { EngineRun } from "../engine/run.ts";
import { readState } from "../engine/read-state.ts";
import type { DriftReport } from "../report/drift.ts";
import { planFix, withFixes, type FixPlan } from "../report/drift-fix.ts";
import { putBack } from "./bring-up.ts";
import { lookAtClouds, type CloudLook } from "./cloud-view.ts";
import { settle } from "./last-up.ts";
import { previewRun } from "./preview-run.ts";
import { changesOrFail, failure } from "./run-stack.ts";
import type { OpenStack } from "./stack.ts";

/** What is to be put back, and what was found at the clouds for it. */
export interface PreparedFix {
  plan: FixPlan;
  look: CloudLook;
}

/**
 * Finds out what of a drift can be healed alone. Connects to no host. @throws CliError when the files can't be planned
 * with
 */
export async function prepareFix(stack: OpenStack, report: DriftReport): Promise<PreparedFix> {
  const found = await lookAtClouds(stack);
  const look = found.state.length > 0 ? found : { ...found, state: await readState(stack.target) };
  const run = await previewRun(stack, look, false);
  const oldNames = new Map([...look.renamed].map(([old, now]) => [now, old]));
  const edited = [...editedIn(changesOrFail(stack, run), run.events)].map((urn) => oldNames.get(urn) ?? urn);
  return { look, plan: planFix(report, new Set(edited), look.state) };
}

/**
 * What the files change by themselves. Of what failed the last time the state knows only what was found then, not what
 * was declared: it is finished as the files say.
 */
function editedIn({ resources }: Changes, events: readonly EngineEvent[]): Set<string> {
  const steps = events.flatMap((event) => event.resOutputsEvent?.metadata ?? event.resourcePreEvent?.metadata ?? []);
  const unfinished = new Set(steps.filter(({ old }) => old?.initErrors?.length).map(({ urn }) => urn));
  return new Set(resources.filter(({ op, urn }) => op !== "same" && !unfinished.has(urn)).map(({ urn }) => urn));
}

/**
 * Puts it back. Progress is told on stderr, failures are in the report that is returned. @throws CliError about a
 * failure of what is not in the report
 */
export async function fixDrift(
  stack: OpenStack,
  report: DriftReport,
  { plan, look }: PreparedFix,
): Promise<DriftReport> {
  if (plan.target.length === 0) return withFixes(report, plan, new Map());
  const { run } = await putBack(stack, look, plan.target);
  const failed = failedOf(stack, run, plan.target);
  await settle(stack.target, new Set(plan.target.filter((urn) => !failed.has(urn))));
  const fixed = withFixes(report, plan, failed);
  // With --only, what follows something that is gone may belong to another host, which the report does not tell of.
  if (run.exitCode !== 0 && !fixed.resources.some(({ fix }) => fix?.result === "failed")) throw failure(stack, run);
  return fixed;
}

/** Why what was to be put back was not, by URN. */
function failedOf(stack: OpenStack, run: EngineRun, target: readonly string[]): Map<string, string> {
  if (run.exitCode === 0) return new Map();
  const reached = new Set(
    changesOf(stack.name, run.events)
      .resources.filter(({ op }) => op !== "failed")
      .map(({ urn }) => urn),
  );
  const messages = errorsByUrn(run.events);
  const failed = new Set(failuresOf(run.events).urns);
  const otherwise = failure(stack, run).message;
  return new Map(
    target.filter((urn) => failed.has(urn) || !reached.has(urn)).map((urn) => [urn, messages.get(urn) ?? otherwise]),
  );
}
