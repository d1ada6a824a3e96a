import { forgetUp } from "../../deploy/last-up.ts";
import { changesOrFail, runStack, showSummary } from "../../deploy/run-stack.ts";
import { confirm, elapsed, say, sayStyle } from "../../terminal/output.ts";
import { openStack } from "../../deploy/stack.ts";

export async function destroy(name: string, options: { lab?: boolean; yes?: boolean }): Promise<void> {
  const start = performance.now();
  const stack = await openStack(name, options);
  if (!stack.lab && !options.yes && !(await confirm(`Delete everything of ${name} that is not protected?`)))
    return say("nothing was deleted");
  const changes = changesOrFail(stack, await runStack("destroy", stack, `destroying ${name}; protected things stay`));
  await forgetUp(stack.target);
  say(sayStyle("bold", `${name}: ${showSummary(changes, "")} in ${elapsed(start)}`));
}
