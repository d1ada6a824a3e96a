import { changesOf, mergeChanges, type Changes } from "../../engine/changes.ts";
import type { EngineRun } from "../../engine/run.ts";
import type { CloudView } from "../../existing/types.ts";
import { lookAtClouds, withCloudView } from "../cloud-view.ts";
import { confirm, elapsed, out, say, sayStyle } from "../output.ts";
import { changesOrFail, failure, runStack, showSummary } from "../run-stack.ts";
import { showChanges } from "../show-changes.ts";
import { withEarlyProvider } from "../deployed-stack.ts";
import { openStack, type OpenStack } from "../stack.ts";
import { previewRun } from "./preview.ts";

export interface UpOptions {
  lab?: boolean;
  yes?: boolean;
  json?: boolean;
}

export async function up(name: string, options: UpOptions): Promise<void> {
  const start = performance.now();
  const stack = await withEarlyProvider(name, options.lab ?? false, () => openStack(name, options));
  const clouds = await lookAtClouds(stack);
  const ask = !stack.lab && !options.yes;
  if (ask || clouds.adopt.length > 0) await showPlan(stack, clouds);
  if (ask && !(await confirm(`Change ${name}?`))) return say("nothing was changed");
  const { run, changes } = await bringUp(stack, clouds);
  if (options.json) out(JSON.stringify(changes));
  if (run.exitCode !== 0) throw failure(stack, run);
  say(sayStyle("bold", `${name}: ${showSummary(changes, "")} in ${elapsed(start)}`));
}

/** Shows what would change, on stderr: stdout belongs to --json. */
async function showPlan(stack: OpenStack, clouds: Omit<CloudView, "asFound">): Promise<void> {
  const run = await previewRun(stack, clouds);
  const changes = changesOrFail(stack, run);
  showChanges(run.events, say);
  say(sayStyle("bold", `${stack.name}: ${showSummary(changes, "to ")}`));
}

/** Observes, then changes. What exists is first adopted as it is found; a second run brings that to what is declared. */
export async function bringUp(stack: OpenStack, clouds: Omit<CloudView, "asFound">): Promise<{ run: EngineRun; changes: Changes }> {
  const first = await withCloudView(stack, { ...clouds, asFound: true }, (viewed) => runStack("up", viewed, `bringing up ${stack.name}`, { refresh: true }));
  const changes = changesOf(stack.name, first.events);
  const adopted = changes.resources.filter((r) => r.op === "import").length;
  if (adopted === 0 || first.exitCode !== 0) return { run: first, changes };
  const second = await withCloudView(stack, { ...clouds, adopt: [], asFound: false }, (viewed) => runStack("up", viewed, `bringing the ${adopted} adopted to what is declared`));
  return { run: second, changes: mergeChanges(changes, changesOf(stack.name, second.events)) };
}
