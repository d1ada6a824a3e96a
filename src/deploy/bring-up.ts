import { changesOf, errorsByUrn, mergeChanges, type Changes } from "../engine/changes.ts";
import { nameOf, typeOf } from "../engine/events.ts";
import type { EngineRun } from "../engine/run.ts";
import { readState } from "../engine/read-state.ts";
import { hostsByUrn, hostsWith, type StateResource } from "../engine/state.ts";
import type { CloudView } from "../clouds/view.ts";
import { SSH_IN_MESH } from "../model/mesh.ts";
import type { Stage } from "../model/rollout.ts";
import { planned } from "../model/status.ts";
import { type CloudLook, joinsMesh, viewOf, waitsForMesh, withCloudView } from "./cloud-view.ts";
import { pinImages } from "./images.ts";
import { CliError, say, sayStyle } from "../terminal/output.ts";
import { type Round, type Rounds, roundsOf } from "./rounds.ts";
import { runStack } from "./run-stack.ts";
import type { OpenStack } from "./stack.ts";

/** What runs of the engine came to. */
interface Done {
  /** The last run: the one that failed, when one did. */
  run: EngineRun;
  changes: Changes;
  /** The first error of each resource, by URN. */
  errors: Map<string, string>;
}

export interface BroughtUp extends Done {
  /** The stage that failed, when there are others. */
  failed?: Round;
  /** Stages that were not begun because one before them failed. */
  untouched: string[];
  /** Stages that wait for a person's go. */
  held: Stage[];
  /** Hosts that could not even be begun, and why. */
  failures: Record<string, string>;
}

export interface UpChoices {
  /** Look at every host first, so that what was changed by hand is put back. */
  refresh: boolean;
  /** URNs of all that is looked at and changed; everything when left out. */
  target?: readonly string[];
  /** URNs of what is left as it is, whatever the files say. */
  keep?: readonly string[];
}

/**
 * Brings a fleet to what is declared, stage by stage where it has a rollout: a stage begins only when the one before is
 * in order.
 */
export async function bringUp(
  stack: OpenStack,
  look: CloudLook,
  choices: UpChoices = { refresh: true },
): Promise<BroughtUp> {
  await pinImages(stack, look.view.images);
  const { rounds, held, failures } = await planRounds(stack, look, choices);
  const outside = new Set(waitsForMesh(stack.fleet, look));
  let all: Done | undefined;
  for (const [i, round] of rounds.entries()) {
    if (stack.fleet.rollout && (rounds.length > 1 || held.length > 0)) say(sayStyle("bold", round.name));
    const done = await bringUpRound(stack, look, round, outside, choices);
    all = all ? after(all, done) : done;
    const isLast = i === rounds.length - 1;
    if (done.run.exitCode !== 0 || isLast) {
      return {
        ...all,
        held,
        failures,
        untouched: rounds.slice(i + 1).map((r) => r.name),
        ...(done.run.exitCode !== 0 && rounds.length > 1 && { failed: round }),
      };
    }
  }
  throw new Error("a fleet without a single round");
}

/**
 * Puts these resources back as they are declared, and leaves everything else alone. Who was made anew joins its mesh
 * again, as in any `up`.
 */
export function putBack(stack: OpenStack, look: CloudLook, target: readonly string[]): Promise<Done> {
  const round = { name: "drift", hosts: [...new Set(hostsByUrn(look.state).values())], later: [], looks: true };
  return bringUpRound(
    stack,
    { ...look, view: { ...look.view, adopt: [] } },
    round,
    new Set(waitsForMesh(stack.fleet, look)),
    // What is called otherwise now is both to the engine.
    {
      refresh: true,
      target: target.flatMap((urn) => [urn, ...(look.renamed.has(urn) ? [look.renamed.get(urn)!] : [])]),
    },
  );
}

/**
 * Which stages have something to do. Only a fleet with a rollout has to be asked; what is not deployed yet says so by
 * itself.
 */
async function planRounds(
  stack: OpenStack,
  look: CloudLook,
  choices: UpChoices,
): Promise<Rounds & Pick<BroughtUp, "failures">> {
  const hosts = hostsByUrn(look.state);
  const deployed = new Set(hosts.values());
  const begun = new Set(waitsForMesh(stack.fleet, look));
  const failures = Object.fromEntries(Object.entries(look.failures).filter(([host]) => !deployed.has(host)));
  const fleet = {
    ...stack.fleet,
    hosts: stack.fleet.hosts.map((host) => (host.name in failures ? planned(host) : host)),
  };
  if (!fleet.rollout || deployed.size === 0) return { ...roundsOf(fleet, deployed, new Set(), begun), failures };
  const run = await withCloudView(
    stack,
    viewOf(look, choices.refresh, { asFound: false, hosts: [...deployed], firstBoot: [] }),
    (viewed) => runStack("preview", viewed, `looking which stages of ${stack.name} have something to do`, choices),
  );
  const changed = changesOf(stack.name, run.events)
    .resources.filter((r) => r.op !== "same")
    .map((r) => hosts.get(r.urn));
  return { ...roundsOf(fleet, deployed, new Set(changed.filter((host) => host !== undefined)), begun), failures };
}

/**
 * One stage. What exists is first adopted as it is found, and a machine that never had its mesh is reached at its
 * public address; a last run brings the one to what is declared, and closes the other to the public.
 */
async function bringUpRound(
  stack: OpenStack,
  look: CloudLook,
  round: Round,
  outside: Set<string>,
  { refresh, target, keep = [] }: UpChoices,
): Promise<Done> {
  const exclude = [...urnsOf(look.state, round.later), ...keep];
  const firstBoot = () => round.hosts.filter((host) => outside.has(host));
  const run = async (what: string, more: Partial<CloudView>, choices: Partial<UpChoices> = {}) => {
    const view = viewOf(look, refresh, { asFound: true, hosts: round.hosts, firstBoot: firstBoot(), ...more });
    const done = await withCloudView(stack, view, (viewed) =>
      runStack("up", viewed, what, { exclude, target, ...choices }),
    );
    return { run: done, changes: changesOf(stack.name, done.events), errors: errorsByUrn(done.events) };
  };
  let done = await run(
    target ? "putting back what drifted" : `bringing up ${stack.name}`,
    {},
    {
      refresh: refresh && round.looks,
    },
  );
  // Whose machine had vanished is new to its mesh.
  const reborn = madeAnew(done.changes).filter((host) => !outside.has(host) && joinsMesh(stack.fleet).includes(host));
  if (reborn.length > 0) {
    for (const host of reborn) outside.add(host);
    done = after(done, await run(`going on with ${reborn.join(", ")}, made anew`, {}));
  }
  const adopted = done.changes.resources.filter((r) => r.op === "import").length;
  const inMesh = firstBoot().length > 0 ? hostsWith(SSH_IN_MESH, await readState(stack.target)) : new Set<string>();
  const joined = firstBoot().filter((host) => inMesh.has(host));
  for (const host of joined) outside.delete(host);
  if (joined.length === 0 && (adopted === 0 || done.run.exitCode !== 0)) return done;
  if (adopted > 0) await expectKept(stack, look, round, done.changes, { refresh, firstBoot: firstBoot() });
  const what = [
    ...(adopted > 0 ? [`bringing the ${adopted} adopted to what is declared`] : []),
    ...(joined.length > 0 ? [`closing ${joined.join(", ")} to the public: reached through the mesh from now on`] : []),
  ];
  const last = await run(what.join("; "), { adopt: [], asFound: false });
  return done.run.exitCode === 0 ? after(done, last) : { ...after(done, last), run: done.run };
}

/**
 * What this `up` has taken over may be changed by it, and is never replaced or deleted: a file that is written down
 * wrongly must not cost the thing that it was to describe.
 * @throws CliError naming what would go, while it is as it was found
 */
async function expectKept(
  stack: OpenStack,
  look: CloudLook,
  round: Round,
  done: Changes,
  { refresh, firstBoot }: { refresh: boolean; firstBoot: string[] },
): Promise<void> {
  const taken = new Set(done.resources.filter(({ op }) => op === "import").map(({ urn }) => urn));
  const plan = await withCloudView(
    stack,
    viewOf(look, refresh, { adopt: [], asFound: false, hosts: round.hosts, firstBoot }),
    (viewed) => runStack("preview", viewed, "looking whether what was taken over can stay", {}),
  );
  const lost = changesOf(stack.name, plan.events).resources.filter(
    ({ urn, op }) => taken.has(urn) && (op === "replace" || op === "delete"),
  );
  if (lost.length === 0) return;
  throw new CliError(
    [
      ...lost.map(
        ({ urn, paths }) =>
          `${nameOf(urn)} exists and was taken over as it is; the files would have it made anew for ${paths.join(", ")}`,
      ),
      "it was left as it is: write the files so that they say what is there, or give the new one another name",
    ].join("\n"),
  );
}

const after = (first: Done, second: Done): Done => ({
  run: second.run,
  changes: mergeChanges(first.changes, second.changes),
  errors: new Map([...second.errors, ...first.errors]),
});

/** Hosts whose instance a run has made. */
const madeAnew = ({ resources }: Changes): string[] =>
  resources.filter((r) => r.op === "create" && typeOf(r.urn) === "aws:ec2/instance:Instance").map((r) => nameOf(r.urn));

const urnsOf = (state: readonly StateResource[], hosts: readonly string[]): string[] =>
  [...hostsByUrn(state)].flatMap(([urn, host]) => (hosts.includes(host) ? [urn] : []));
