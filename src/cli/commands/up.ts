import { madeFrom } from "../../load/made-from.ts";
import { describeFleet } from "../../report/fleet-description.ts";
import { previewText } from "../../report/preview-text.ts";
import { previewOf } from "../../report/preview.ts";
import { bringUp, type BroughtUp } from "../../deploy/bring-up.ts";
import { type CloudLook, lookAtClouds } from "../../deploy/cloud-view.ts";
import { withEarlyProvider } from "../../deploy/deployed-stack.ts";
import { CliError, confirm, elapsed, out, say, sayStyle } from "../../terminal/output.ts";
import { changesOrFail, failure, showSummary } from "../../deploy/run-stack.ts";
import { openStack, type OpenStack } from "../../deploy/stack.ts";
import { previewRun } from "../../deploy/preview-run.ts";
import { keepingUnreached } from "../../deploy/unreached.ts";
import { tellHeld } from "../held.ts";
import { reviewHosts } from "../review.ts";

export interface UpOptions {
  lab?: boolean;
  yes?: boolean;
  json?: boolean;
  refresh: boolean;
}

export async function up(name: string, options: UpOptions): Promise<void> {
  const start = performance.now();
  const open = () => openStack(name, options);
  const stack = await (options.refresh ? withEarlyProvider(name, options.lab ?? false, open) : open());
  const [look, files] = await Promise.all([lookAtClouds(stack), madeFrom(name)]);
  const ask = !stack.lab && !options.yes;
  if (ask || look.view.adopt.length > 0) await showPlan(stack, look, options.refresh);
  if (ask && !(await confirm(`Change ${name}?`))) return say("nothing was changed");
  const done = await keepingUnreached(stack, files, () =>
    bringUp(stack, look, { ...options, review: (hosts) => reviewHosts(stack, hosts) }),
  );
  if (options.json) out(JSON.stringify(done.changes));
  const failures = Object.entries(done.failures).map(([host, why]) => `${host} was not made: ${why}`);
  if (done.run.exitCode !== 0) throw new CliError([...failures, stopped(stack, done)].join("\n"));
  if (failures.length > 0)
    throw new CliError(`${failures.join("\n")}\nthe others were brought up (${showSummary(done.changes, "")})`);
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

/** Shows what would change, on stderr: stdout belongs to --json. */
async function showPlan(stack: OpenStack, look: CloudLook, refresh: boolean): Promise<void> {
  const run = await previewRun(stack, look, refresh);
  changesOrFail(stack, run);
  say(
    previewText(
      previewOf(stack.name, run.events, {
        policies: [],
        problems: [],
        declared: describeFleet(stack.fleet, stack.files),
      }),
      sayStyle,
    ),
  );
}
