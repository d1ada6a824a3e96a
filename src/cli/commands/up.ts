import { madeFrom } from "../../load/made-from.ts";
import { previewText } from "../../report/preview-text.ts";
import { bringUp, type BroughtUp } from "../../deploy/bring-up.ts";
import { lookAtClouds } from "../../deploy/cloud-view.ts";
import { withEarlyProvider } from "../../deploy/deployed-stack.ts";
import { failedByKeepingAlone, keptWithItsOwn, keptWords, withKept } from "../../deploy/kept.ts";
import { CliError, confirm, elapsed, out, say, sayStyle } from "../../terminal/output.ts";
import { failure, showSummary } from "../../deploy/run-stack.ts";
import { openStack, type OpenStack } from "../../deploy/stack.ts";
import { keepingUnreached } from "../../deploy/unreached.ts";
import { tellHeld } from "../held.ts";
import { reviewHosts } from "../review.ts";
import { canLoseMany, holdToReview, passBrake, planUp, readReviewed } from "../up-plan.ts";

export interface UpOptions {
  lab?: boolean;
  yes?: boolean;
  json?: boolean;
  refresh: boolean;
  /** A file with the plan that was reviewed. */
  reviewed?: string;
  acceptChanges?: boolean;
  /** How many deletions and replacements are too many without being asked about. */
  allowDeletes?: number;
}

export async function up(name: string, options: UpOptions): Promise<void> {
  const start = performance.now();
  const accepts = options.acceptChanges ?? false;
  const reviewed = options.reviewed === undefined ? undefined : await readReviewed(options.reviewed, name, accepts);
  const open = () => openStack(name, options);
  const stack = await (options.refresh ? withEarlyProvider(name, options.lab ?? false, open) : open());
  const [look, files] = await Promise.all([lookAtClouds(stack), madeFrom(name)]);
  const asks = !stack.lab && !options.yes;
  const isShown = asks || look.view.adopt.length > 0;
  // Nobody looks at it in the lab: there the last run's word is enough to count by.
  const plan =
    isShown || reviewed || (await canLoseMany(stack, look))
      ? await planUp(stack, look, options.refresh && (!stack.lab || isShown || reviewed !== undefined))
      : undefined;
  if (plan && isShown) say(previewText(plan.preview, sayStyle));
  if (plan && reviewed) holdToReview(plan, reviewed, accepts);
  if (asks && !(await confirm(`Change ${name}?`))) return say("nothing was changed");
  if (plan && !(await passBrake(plan, { asks, allowed: options.allowDeletes }))) return say("nothing was changed");
  const keep = plan && (await keptWithItsOwn(stack, plan.events, look.state));
  const done = await keepingUnreached(stack, files, async () =>
    withKept(
      await bringUp(stack, look, { ...options, keep, review: (hosts) => reviewHosts(stack, hosts) }),
      plan?.events ?? [],
    ),
  );
  if (options.json) out(JSON.stringify(done.changes));
  const failures = Object.entries(done.failures).map(([host, why]) => `${host} was not made: ${why}`);
  if (failedByKeepingAlone(done.run)) failures.push(...keptWords(done.run));
  else if (done.run.exitCode !== 0) throw new CliError([...failures, stopped(stack, done)].join("\n"));
  if (failures.length > 0)
    throw new CliError(`${failures.join("\n")}\nthe rest was brought up (${showSummary(done.changes, "")})`);
  say(sayStyle("bold", `${name}: ${showSummary(done.changes, "")} in ${elapsed(start)}`));
  await tellHeld(stack, done);
}

/** How a failed run is told, with what became of the stages after it. */
function stopped(stack: OpenStack, { run, failed, untouched }: BroughtUp): string {
  const { message } = failure(stack, run);
  if (!failed) return message;
  const after =
    untouched.length === 0 ? "" : `; ${untouched.join(" and ")} ${untouched.length === 1 ? "was" : "were"} not touched`;
  return (
    `${message}. ${failed.name} is not in order${after}. The same command goes on with it; ` +
    "taking the change back in the files and running it brings those hosts back"
  );
}
