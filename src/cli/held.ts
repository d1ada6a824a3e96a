import { userInfo } from "node:os";
import type { BroughtUp } from "../deploy/bring-up.ts";
import type { OpenStack } from "../deploy/stack.ts";
import { pilotDigest, stagesOf } from "../model/rollout.ts";
import { CliError, say } from "../terminal/output.ts";
import { reviewHosts } from "./review.ts";

/**
 * Tells which stages wait for a go. When the pilot is in order: the line that gives one; else what is not.
 * @throws CliError when a go was given and does not hold
 */
export async function tellHeld(stack: OpenStack, { held, refused }: BroughtUp): Promise<void> {
  const { rollout } = stack.fleet;
  if (!rollout || held.length === 0) return;
  for (const { name, hosts } of held) say(`${name} waits for a go (${hosts.join(", ")})`);
  if (refused)
    throw new CliError(
      `the go is refused, because the pilot was not in order when this began:${listed(refused)}\n` +
        `${held.map(({ name }) => name).join(", ")} ${held.length === 1 ? "was" : "were"} not touched. ` +
        "Look at the pilot; the same command goes on when it is in order",
    );
  const digest = pilotDigest(stack.fleet);
  if (rollout.go) say(`the go of ${rollout.go.on} was for another pilot: ${rollout.go.pilot}, and it is ${digest} now`);
  const problems = await reviewHosts(stack, stagesOf(stack.fleet)[0]!.hosts);
  if (problems.length > 0)
    return say(`the pilot is not in order, so there is nothing to give a go to:${listed(problems)}`);
  const go = `go: { by: ${JSON.stringify(userInfo().username)}, on: "${today()}", pilot: "${digest}" }`;
  say(
    "the pilot is as declared and passes its checks. When you have looked at it, put this into the rollout of " +
      `stacks/${stack.name}/fleet.ts:\n  ${go},`,
  );
}

const listed = (lines: readonly string[]): string => lines.map((line) => `\n  ${line}`).join("");
const today = (): string => new Date().toISOString().slice(0, 10);
