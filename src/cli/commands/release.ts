import { readState } from "../../engine/read-state.ts";
import { runningLab } from "../../deploy/lab-target.ts";
import { release, releasables, type Releasable } from "../../deploy/release.ts";
import { waitForLock } from "../../deploy/run-stack.ts";
import { realTarget } from "../../deploy/stack.ts";
import { count, oneLine } from "../../markup/visible.ts";
import { assertTerminal, CliError, confirm, out, say } from "../../terminal/output.ts";

export interface ReleaseOptions {
  lab?: boolean;
  yes?: boolean;
}

/** Stops managing a thing, and keeps it: nothing but the stack's state is changed. */
export async function releaseThing(name: string, thing: string, { lab = false, yes }: ReleaseOptions): Promise<void> {
  const asks = !lab && !yes;
  if (asks) assertTerminal();
  const target = lab ? await runningLab(name) : realTarget(name);
  if (!target) throw new CliError(`the lab of ${name} does not run: \`npx fleet lab up ${name}\``);
  const stack = { name, lab, target };
  await waitForLock(stack);
  const [found, ...others] = releasables(thing, await readState(target));
  if (found === undefined) return out(`${name} manages nothing that is called ${oneLine(thing)}: nothing was changed`);
  if (others.length > 0) throw new CliError(severalWords(thing, [found, ...others]));
  out(`${found.title}: ${count(found.things.length, "thing")} that ${name} stops managing`);
  for (const title of found.things) out(`  ${oneLine(title)}`);
  if (asks && !(await confirm(`Release ${found.title}?`))) return say("nothing was changed");
  await release(stack, found);
  out(`released: ${found.title} stays as it is, and ${name} does not manage it any more`);
  out(leftWords(name, found));
}

const severalWords = (thing: string, found: readonly Releasable[]): string =>
  `${oneLine(thing)} can be ${found.map(({ title }) => JSON.stringify(oneLine(title))).join(" or ")}: give one of these`;

/** What a person has still to do, and what stays behind. */
function leftWords(stack: string, { host }: Releasable): string {
  const file = host === undefined ? `stacks/${stack}/fleet.ts` : `hosts/${stack}/${host}.ts`;
  const remains = host === undefined ? "" : `what is on ${host} stays there, with the notes of it in /var/lib/fleet. `;
  return `${remains}If ${file} still declares it, take it out there: the next \`up\` would take it in again`;
}
