import { lookAtClouds, withCloudView } from "../../deploy/cloud-view.ts";
import { changesOrFail, runStack } from "../../deploy/run-stack.ts";
import { openStack } from "../../deploy/stack.ts";
import { nameOf } from "../../engine/events.ts";
import { readState } from "../../engine/read-state.ts";
import { CliError, confirm, elapsed, say, sayStyle } from "../../terminal/output.ts";

/**
 * Lets a host into its tailnet again, by a new key: one that was logged out, removed in the console, or whose own key
 * has expired. The key that it joined with is spent. @throws CliError when the host has not joined by this fleet
 */
export async function rejoin(name: string, options: { lab?: boolean; yes?: boolean; host: string }): Promise<void> {
  const start = performance.now();
  const { host } = options;
  const stack = await openStack(name, options);
  const urns = (await readState(stack.target)).map(({ urn }) => urn);
  const named = (wanted: string) => urns.filter((urn) => nameOf(urn) === wanted);
  const key = named(`${host}-tailnet-key`);
  if (key.length === 0) throw new CliError(`${host} has no key for the tailnet of ${name} yet: run up first`);
  const ask = !stack.lab && !options.yes;
  if (ask && !(await confirm(`Give ${host} a new key for the tailnet?`))) return say("nothing was changed");
  const { view } = await lookAtClouds(stack);
  const target = [...key, ...named(`${host}/tailscale`)];
  changesOrFail(
    stack,
    await withCloudView(stack, { ...view, adopt: [], asFound: false }, (viewed) =>
      runStack("up", viewed, `${host} joins again`, { refresh: true, target, replace: key }),
    ),
  );
  say(sayStyle("bold", `${name}: ${host} is in its tailnet again, in ${elapsed(start)}`));
}
