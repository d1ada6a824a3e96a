import { changesOf, errorsByUrn, mergeChanges, type Changes } from "../engine/changes.ts";
import { nameOf, typeOf } from "../engine/events.ts";
import type { EngineRun } from "../engine/run.ts";
import { readState } from "../engine/read-state.ts";
import { hostsByUrn, hostsWith, type StateResource } from "../engine/state.ts";
import type { CloudView } from "../clouds/view.ts";
import { SSH_IN_MESH } from "../model/mesh.ts";
import { type Stage, stagesOf } from "../model/rollout.ts";
import { planned } from "../model/status.ts";
import { type CloudLook, joinsMesh, viewOf, waitsForMesh, withCloudView } from "./cloud-view.ts";
import { expectKept } from "./expect-kept.ts";
import { pinImages } from "./images.ts";
import { say, sayStyle } from "../terminal/output.ts";
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
  /** Why the go that was given does not hold now: what is not in order on the hosts of the pilot. */
  refused?: string[];
  /** Hosts that could not even be begun, and why. */
  failures: Record<string, string>;
}

export interface UpChoices {
  /** Look at every host first, so that what was changed by hand is put back. */
  refresh: boolean;
  /** URNs of what is left as it is, whatever the files say. */
  keep?: readonly string[];
  /** Tells what is not in order on hosts now: the pilot, before a go for the others is taken for one. */
  review: (hosts: readonly string[]) => Promise<string[]>;
}

interface RunChoices extends Omit<UpChoices, "review"> {
  /** URNs of all that is looked at and changed; everything when left out. */
  target?: readonly string[];
}

/**
 * Brings a fleet to what is declared, stage by stage where it has a rollout: a stage begins only when the one before is
 * in order, and those after the pilot only when that is in order before anything is begun.
 */
export async function bringUp(stack: OpenStack, look: CloudLook, choices: UpChoices): Promise<BroughtUp> {
  await pinImages(stack, look.view.images);
  const { rounds, ...plan } = await planRounds(stack, look, choices);
  const outside = new Set(waitsForMesh(stack.fleet, look));
  let all: Done | undefined;
  for (const [i, round] of rounds.entries()) {
    if (stack.fleet.rollout && (rounds.length > 1 || plan.held.length > 0)) say(sayStyle("bold", round.name));
    const done = await bringUpRound(stack, look, round, outside, choices);
    all = all ? after(all, done) : done;
    const isLast = i === rounds.length - 1;
    if (done.run.exitCode !== 0 || isLast) {
      return {
        ...all,
        ...plan,
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
  const round = { hosts: [...new Set(hostsByUrn(look.state).values())], later: [], looks: true };
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
  { refresh, review }: UpChoices,
): Promise<Rounds & Pick<BroughtUp, "failures" | "refused">> {
  const deployed = new Set(hostsByUrn(look.state).values());
  const begun = new Set(waitsForMesh(stack.fleet, look));
  const { failures } = look;
  const fleet = {
    ...stack.fleet,
    hosts: stack.fleet.hosts.map((host) => (host.name in failures ? planned(host) : host)),
  };
  const changed = fleet.rollout && deployed.size > 0 ? await changedThings(stack, look, refresh) : [];
  const rounds = (rollout = fleet.rollout) =>
    roundsOf({ ...fleet, rollout }, deployed, new Set(changed.map(({ host }) => host)), begun);
  const all = rounds();
  if (!fleet.rollout || !all.rounds.some(({ goesBeyond }) => goesBeyond)) return { ...all, failures };

  const pilot = stagesOf(fleet)[0]!.hosts;
  const notYet = [
    ...pilot.filter((host) => !deployed.has(host)).map((host) => `${host} is not there yet`),
    ...changed.filter(({ host }) => pilot.includes(host)).map(({ name }) => `${name} was not as declared`),
  ];
  // What this run has to change there, nobody can have looked at.
  const refused = notYet.length > 0 ? notYet : await review(pilot);
  return refused.length > 0 ? { ...rounds({ ...fleet.rollout, go: false }), failures, refused } : { ...all, failures };
}

/** What of the hosts that are deployed is not as the files say, as far as a preview tells. */
async function changedThings(
  stack: OpenStack,
  look: CloudLook,
  refresh: boolean,
): Promise<{ name: string; host: string }[]> {
  const hosts = hostsByUrn(look.state);
  const run = await withCloudView(
    stack,
    viewOf(look, refresh, { asFound: false, hosts: [...new Set(hosts.values())], firstBoot: [] }),
    (viewed) => runStack("preview", viewed, `looking which stages of ${stack.name} have something to do`, { refresh }),
  );
  return changesOf(stack.name, run.events).resources.flatMap(({ op, urn }) => {
    const host = hosts.get(urn);
    return op === "same" || host === undefined ? [] : [{ name: nameOf(urn), host }];
  });
}

type RoundOfHosts = Pick<Round, "hosts" | "later" | "looks">;

/**
 * One stage. What exists is first adopted as it is found, and a machine that never had its mesh is reached at its
 * public address, through the hub; a last run brings the one to what is declared, and closes the other to all but the
 * mesh.
 */
async function bringUpRound(
  stack: OpenStack,
  look: CloudLook,
  round: RoundOfHosts,
  outside: Set<string>,
  { refresh, target, keep = [] }: RunChoices,
): Promise<Done> {
  const exclude = [...urnsOf(look.state, round.later), ...keep];
  const firstBoot = () => round.hosts.filter((host) => outside.has(host));
  const run = async (what: string, more: Partial<CloudView>, choices: Partial<RunChoices> = {}) => {
    const view = viewOf(look, refresh, { asFound: true, hosts: round.hosts, firstBoot: firstBoot(), ...more });
    const done = await withCloudView(stack, view, (viewed) =>
      runStack("up", viewed, what, { exclude, target, ...choices }),
    );
    return { run: done, changes: changesOf(stack.name, done.events), errors: errorsByUrn(done.events) };
  };
  const words = target ? "putting back what drifted" : `bringing up ${stack.name}`;
  let done = await run(words, {}, { refresh: refresh && round.looks });
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
    ...(joined.length > 0 ? [`closing SSH of ${joined.join(", ")} to all but the mesh`] : []),
  ];
  const last = await run(what.join("; "), { adopt: [], asFound: false });
  return done.run.exitCode === 0 ? after(done, last) : { ...after(done, last), run: done.run };
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
