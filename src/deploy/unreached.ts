import type { Drift } from "../engine/drift.ts";
import { hostsByUrn } from "../engine/state.ts";
import { pendingIn, withUnknownRest, withUnreached, type Pending, type Unreached } from "../engine/unreached.ts";
import { madeFrom } from "../load/made-from.ts";
import { isActive } from "../model/status.ts";
import { INTERRUPTED } from "../terminal/interrupt.ts";
import { CliError } from "../terminal/output.ts";
import type { BroughtUp } from "./bring-up.ts";
import { lookAtClouds, viewOf, withCloudView } from "./cloud-view.ts";
import type { DeployedStack } from "./deployed-stack.ts";
import { failedByKeepingAlone } from "./kept.ts";
import { beginUp, endUp, type UpRecord } from "./last-up.ts";
import { failure, runStack, waitForLock } from "./run-stack.ts";
import { openStack, type OpenStack } from "./stack.ts";
import { readConfig, secretValue } from "./stack-config.ts";
import { whyNot } from "./why-not.ts";

/** Brings a stack up, and keeps beside its state what was not reached, for whoever looks at it later, from wherever. */
export async function keepingUnreached(
  stack: OpenStack,
  files: string,
  bring: () => Promise<BroughtUp>,
): Promise<BroughtUp> {
  // What is refused has not begun.
  await waitForLock(stack);
  const begun = await beginUp(stack.target, files);
  const done = await bring();
  // Who interrupts does not wait for a plan of what is left; the next look makes one.
  if (done.run.interrupted) return done;
  const isWhole = done.run.exitCode === 0 && done.held.length === 0 && Object.keys(done.failures).length === 0;
  const unreached = isWhole ? [] : await unreachedBy(stack, done).catch(() => undefined);
  // Where that can't be told now, the `up` stands as one that has not ended.
  if (unreached) await endUp(stack.target, begun, unreached);
  return done;
}

async function unreachedBy(stack: OpenStack, done: BroughtUp): Promise<Unreached[]> {
  // With gRPC it takes a while to load, and an `up` that ends well does not need it.
  const [pending, config, { redact }] = await Promise.all([
    pendingOf(stack, `looking what of ${stack.name} was not reached`),
    readConfig(stack),
    import("../plugin/errors.ts"),
  ]);
  const secrets = stack.fleet.secrets.flatMap(({ name }) => secretValue(stack, config, name) ?? []);
  const why = whyNot(stack.fleet, done, pending);
  return pending.map((thing) => ({ urn: thing.urn, host: thing.host, why: redact(why(thing), secrets) }));
}

/** What the files declare and the stack does not hold. Connects to no host. @throws Error when it can't be planned */
async function pendingOf(stack: OpenStack, what: string): Promise<Pending[]> {
  const look = await lookAtClouds(stack);
  const { state, failures } = look;
  const deployed = new Set(hostsByUrn(state).values());
  const isUnmade = (host: string) => host in failures && !deployed.has(host);
  const active = stack.fleet.hosts.filter(isActive);
  const hosts = active.map(({ name }) => name).filter((name) => !isUnmade(name));
  const run = await withCloudView(stack, viewOf(look, false, { asFound: false, firstBoot: [], hosts }), (viewed) =>
    runStack("preview", viewed, what),
  );
  if (run.exitCode !== 0 && !failedByKeepingAlone(run)) throw failure(stack, run);
  const unmade = active
    .filter(({ name }) => isUnmade(name))
    .map(({ name }): Pending => ({
      urn: `urn:pulumi:${stack.name}::fleet::fleet:aws:Instance::${name}`,
      op: "create",
      host: name,
      machine: name,
    }));
  return [...pendingIn(stack.name, run.events), ...unmade];
}

/**
 * Adds to drift what the last `up` declared and did not reach. One that has not ended left no list: then it is planned
 * what the files declare beyond the state.
 */
export async function addUnreached(
  stack: DeployedStack | OpenStack,
  drift: Drift,
  { begun, ended, files, unreached }: UpRecord,
  only?: string,
): Promise<Drift> {
  const lastUp = { begun, ...(ended && { ended }) };
  if (unreached) return withUnreached(drift, lastUp, unreached);
  try {
    const [opened, now] = await Promise.all([
      "fleet" in stack ? stack : openStack(stack.name, stack),
      madeFrom(stack.name),
    ]);
    const pending = await pendingOf(opened, `looking what the last up of ${stack.name} did not reach`);
    const why = ended ? "the last `up` ended before it" : "the last `up` has not ended";
    return withUnreached(
      drift,
      { ...lastUp, ...(files !== now && { edited: true }) },
      pending.map(({ urn, host }) => ({ urn, host, why })),
    );
  } catch (error) {
    if (error instanceof CliError && error.exitCode === INTERRUPTED) throw error;
    return withUnknownRest(
      drift,
      `the last \`up\` did not reach everything, and what it left out can't be told: ${(error as Error).message}`,
      only ?? null,
    );
  }
}
