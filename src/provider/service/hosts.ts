import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { UnreachableError, type Connection, type RunOptions, type ScriptResult } from "../../transport/types.ts";
import type { Census } from "../census.ts";
import { confirmScript, isGuarded } from "./apply-guard.ts";
import type { ApplyNames } from "./apply-names.ts";
import { applyScript, applySeconds, parseOutcomes, type Failure } from "./apply-script.ts";
import { Batcher, BURST, TRICKLE, type Pace } from "./batch.ts";
import { parseFacts, type Facts } from "./facts.ts";
import { foundShape, recallTexts } from "./found.ts";
import { observeScript, type Expectation } from "./observe.ts";
import { planService } from "./plan.ts";
import type { Step } from "./steps.ts";
import { unreadableRecords } from "./records.ts";
import { mapValues, union, type Shape, type Target } from "./types.ts";

/** What is needed of the transport: a pool of connections, one per host. */
export interface Runner {
  /** @throws UnreachableError when the host does not answer. */
  run(host: string, connection: Connection, script: string, options: RunOptions): Promise<ScriptResult>;
  /** Fulfilled when a script could start at once. @throws UnreachableError when the host does not answer. */
  ready(host: string, connection: Connection): Promise<void>;
  /** Ends the connections to a host, so that the next script goes over a new one. */
  reconnect(host: string, connection: Connection): Promise<void>;
}

export interface Change {
  desired: Shape;
  /** What was there or declared before; what of it is no longer desired is removed. */
  previous: Shape;
}

export interface Outcome {
  /** What is there now; on success of what is desired, on failure also of what should have gone. */
  found: Shape;
  failure?: Failure;
}

interface Look {
  target: Target;
  expectation: Expectation;
}

interface Seen {
  found: Shape;
  /** What could not be looked at although the host answered; it counts as not there. */
  unknown?: string;
}

interface Planned extends Expectation {
  target: Target;
  steps: Step[];
}

/** Longest time for one look at a host, in seconds: two minutes of it may be spent waiting for a change to end. */
const OBSERVE_SECONDS = 180;
/** How long a host waits for a change that can cut the line to be confirmed, in seconds. */
const CONFIRM_SECONDS = 30;
/** How much longer a host that has undone a change may take to answer again, in seconds. */
const UNDO_SECONDS = 60;
const PAUSE_SECONDS = 1;

export interface HostsOptions {
  /** Instead of CONFIRM_SECONDS. */
  confirmSeconds?: number;
  /** What is known of how many services a host has. */
  census?: Census;
}

/**
 * Observes and changes services on hosts. Calls for one host at about the same time share their round trips. Each host
 * has its own deadlines and holds up no other: to connect (the transport's), to look (OBSERVE_SECONDS), to change
 * (applySeconds()).
 */
export class Hosts {
  private readonly runner: Runner;
  private readonly observing = this.batches(
    BURST,
    (requests: Look[]) => this.observeBatch(requests),
    ({ target }) => this.census?.of(target.host),
  );
  /** The looks that come before a change. */
  private readonly comparing = this.batches(TRICKLE, (requests: Look[]) => this.observeBatch(requests));
  private readonly applying = this.batches(BURST, (plans: Planned[]) => this.applyBatch(plans));

  private readonly confirmSeconds: number;
  private readonly census: Census | undefined;
  /** Tells this run's own changes from those of others on a host. */
  private readonly run = randomBytes(6).toString("hex");
  private applies = 0;
  /** Host → what runs there last. */
  private readonly turns = new Map<string, Promise<unknown>>();

  constructor(runner: Runner, { confirmSeconds = CONFIRM_SECONDS, census }: HostsOptions = {}) {
    this.runner = runner;
    this.census = census;
    this.confirmSeconds = confirmSeconds;
  }

  /** What there is on a host of `shape`. @throws Error when a part of it cannot be looked at */
  async observe(target: Target, shape: Shape): Promise<Shape> {
    const { found, unknown } = await this.observing.submit(keyOf(target), lookAt(target, shape));
    if (unknown !== undefined) throw new Error(`${target.host}: ${unknown}`);
    return found;
  }

  /**
   * Brings a service to its desired state: looks first, then changes only what is wrong. A host that is right is only
   * looked at.
   */
  async apply(
    target: Target,
    { desired, previous }: Change,
    onPlanned: (found: Shape) => void = () => {},
  ): Promise<Outcome> {
    const shape = union(previous, desired);
    const { found } = await this.comparing.submit(keyOf(target), lookAt(target, shape));
    const steps = planService(target.service, desired, found, target.os);
    onPlanned(found);
    if (steps.length === 0) return { found: narrow(found, desired) };
    const outcome = await this.applying.submit(keyOf(target), {
      target,
      service: target.service,
      os: target.os,
      shape,
      steps,
    });
    return outcome.failure ? outcome : { found: narrow(outcome.found, desired) };
  }

  private batches<Request extends { target: Target }, Reply>(
    pace: Pace,
    run: (requests: Request[]) => Promise<Reply[]>,
    expected?: (first: Request) => number | undefined,
  ): Batcher<Request, Reply> {
    return new Batcher(
      { ready: ({ target: { host, connection } }) => this.runner.ready(host, connection), run, expected },
      pace,
    );
  }

  /**
   * One after the other on each host, over whichever connection: a change that can cut the line must be confirmed
   * before anything else waits for its end.
   */
  private inTurn<T>(host: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.turns.get(host) ?? Promise.resolve()).then(work);
    this.turns.set(
      host,
      turn.catch(() => {}),
    );
    return turn;
  }

  private observeBatch(requests: Look[]): Promise<Seen[]> {
    return this.inTurn(requests[0]!.target.host, () => this.observeNow(requests));
  }

  private applyBatch(plans: Planned[]): Promise<Outcome[]> {
    return this.inTurn(plans[0]!.target.host, () => this.applyNow(plans));
  }

  private async observeNow(requests: Look[]): Promise<Seen[]> {
    const { host, connection } = requests[0]!.target;
    const expectations = requests.map(({ expectation }) => expectation);
    const result = await this.runner.run(host, connection, observeScript(expectations, this.run), {
      timeoutSeconds: OBSERVE_SECONDS,
    });
    const facts = readFacts(host, result, expectations);
    return expectations.map((expectation) => ({
      found: foundShape(expectation, facts),
      unknown: unreadableRecords(expectation.shape, facts),
    }));
  }

  private async applyNow(plans: Planned[]): Promise<Outcome[]> {
    const { host, connection } = plans[0]!.target;
    const steps = plans.map((plan) => plan.steps);
    const names: ApplyNames = { token: `${this.run}-${++this.applies}`, confirmSeconds: this.confirmSeconds };
    const observe = observeScript(plans, this.run);
    const options = { timeoutSeconds: applySeconds(steps) };
    const applied = this.runner.run(host, connection, applyScript(steps, names, observe, plans[0]!.target.os), options);
    const result = steps.some(isGuarded)
      ? // When the line broke, the host knows what became of it.
        await applied
          .catch(() => {})
          .then(() => this.confirm(host, connection, confirmScript(plans.length, names, observe), options))
      : await applied;
    const facts = readFacts(host, result, plans);
    const failures = parseOutcomes(result.stdout, plans.length);
    return plans.map((plan, i) => ({ found: foundShape(plan, facts), failure: failures[i] }));
  }

  /** Tries until a new connection could be made, to confirm the change or to hear that the host has undone it. */
  private async confirm(
    host: string,
    connection: Connection,
    script: string,
    options: RunOptions,
  ): Promise<ScriptResult> {
    const deadline = Date.now() + (this.confirmSeconds + UNDO_SECONDS) * 1000;
    for (;;) {
      await this.runner.reconnect(host, connection);
      try {
        return await this.runner.run(host, { ...connection, bootSeconds: 0 }, script, options);
      } catch (error) {
        if (error instanceof UnreachableError && Date.now() < deadline) await sleep(PAUSE_SECONDS * 1000);
        else
          throw new Error(
            `${(error as Error).message}. The change could cut the line and was not confirmed: ` +
              `the host undoes it by itself ${this.confirmSeconds} s after it was made`,
            { cause: error },
          );
      }
    }
  }
}

const lookAt = (target: Target, shape: Shape): Look => ({
  target,
  expectation: { service: target.service, os: target.os, shape },
});

/** Services reached over the same connection share a script. */
const keyOf = ({ host, connection, os }: Target): string => JSON.stringify([host, connection, os]);

function readFacts(host: string, result: ScriptResult, expectations: readonly Expectation[]): Facts {
  try {
    const facts = parseFacts(result.stdout);
    recallTexts(facts, expectations);
    return facts;
  } catch (error) {
    throw new Error(
      `${host}: ${(error as Error).message} (exit code ${result.exitCode}): ${result.stderr.trim().slice(-500)}`,
      { cause: error },
    );
  }
}

/** What was found of the desired things alone; extra drop-ins of their units stay to be seen. */
function narrow(found: Shape, desired: Shape): Shape {
  const within = <T>(items: Record<string, T>, wanted: object): Record<string, T> =>
    Object.fromEntries(Object.entries(items).filter(([key]) => key in wanted));
  return {
    ...found,
    packages: found.packages.filter((name) => desired.packages.includes(name)),
    groups: within(found.groups, desired.groups),
    users: within(found.users, desired.users),
    directories: within(found.directories, desired.directories),
    files: within(found.files, desired.files),
    artifacts: within(found.artifacts, desired.artifacts),
    units: within(found.units, desired.units),
    records: mapValues(within(found.records, desired.records), (records, keeper) =>
      within(records, desired.records[keeper]!),
    ),
    cron: within(found.cron, desired.cron),
    sysctl: within(found.sysctl, desired.sysctl),
    options: within(found.options, desired.options),
  };
}
