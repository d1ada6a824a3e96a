import { observable } from "../../engine/drift.ts";
import { readState } from "../../engine/read-state.ts";
import { count } from "../../markup/visible.ts";
import { forgetUp } from "../../deploy/last-up.ts";
import { changesOrFail, runStack, showSummary } from "../../deploy/run-stack.ts";
import { assertTerminal, confirmNumber, elapsed, say, sayStyle } from "../../terminal/output.ts";
import { openStack, type OpenStack } from "../../deploy/stack.ts";

/** As with every deletion of many things, their number is to be typed. */
async function confirmAll({ name, target }: OpenStack): Promise<boolean> {
  assertTerminal();
  const state = await readState(target);
  const things = state.filter((resource) => observable(resource.urn, resource) && !resource.protect).length;
  return confirmNumber(`Everything of ${name} that is not protected is deleted: ${count(things, "thing")}.`, things);
}

export async function destroy(name: string, options: { lab?: boolean; yes?: boolean }): Promise<void> {
  const start = performance.now();
  const stack = await openStack(name, options);
  if (!stack.lab && !options.yes && !(await confirmAll(stack))) return say("nothing was deleted");
  const changes = changesOrFail(stack, await runStack("destroy", stack, `destroying ${name}; protected things stay`));
  await forgetUp(stack.target);
  say(sayStyle("bold", `${name}: ${showSummary(changes, "")} in ${elapsed(start)}`));
}
