import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { UnreachableError, type Connection, type RunOptions, type ScriptResult } from "../../transport/types.ts";
import { NOTHING, union, type Shape, type Target } from "../aspects/shape.ts";
import { only, type Numbered, type Step } from "../aspects/steps.ts";
import type { Census } from "../census.ts";
import { CHANGE_PATIENCE, LOOK_PATIENCE } from "../remote/lock.ts";
import { applyScript, applySeconds, parseOutcomes, type Failure } from "../systems/apply.ts";
import { confirmScript, isGuarded } from "../systems/guard.ts";
import { lookScript, type Expectation, type Seen } from "../systems/look.ts";
import type { ApplyNames } from "../systems/names.ts";
import { planService } from "../systems/plan.ts";
import { systemOf } from "../systems/systems.ts";
import { afterwards, assertTold, isBusy, readAnswer, untoldFailure } from "./answer.ts";
import { Batcher, BURST, TRICKLE, type Pace } from "./batch.ts";
import { Claims } from "./claims.ts";
import { narrow } from "./narrow.ts";

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

interface Planned {
  target: Target;
  expectation: Expectation;
  steps: Step[];
}

/** Longest time for one look at a host, in seconds: some of it may be spent waiting for a change to end. */
const OBSERVE_SECONDS = LOOK_PATIENCE + 60;
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
  /** Where hosts write things down, instead of the usual place. */
  folder?: string;
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
  private readonly folder: string | undefined;
  private readonly claims = new Claims();
  /** Tells this run's own changes from those of others on a host. */
  private readonly run = randomBytes(6).toString("hex");
  private applies = 0;
  /** Host → what runs there last. */
  private readonly turns = new Map<string, Promise<unknown>>();

  constructor(runner: Runner, { confirmSeconds = CONFIRM_SECONDS, census, folder }: HostsOptions = {}) {
    this.runner = runner;
    this.folder = folder;
    this.census = census;
    this.confirmSeconds = confirmSeconds;
  }

  /** A service is declared: what it has on its host, no other service takes away. */
  claim(target: Target, shape: Shape): void {
    this.claims.make(target, shape);
  }

  /** What there is on a host of `shape`. @throws Error when a part of it can't be told */
  async observe(target: Target, shape: Shape): Promise<Shape> {
    const { found, unknown, untold } = await this.observing.submit(keyOf(target), lookAt(target, shape));
    assertTold(target, [...unknown, ...untold]);
    return found;
  }

  /**
   * Brings a service to its desired state: looks first, then changes only what is wrong. A host that is right is only
   * looked at.
   *
   * @throws Error when nothing was changed, because a part of it can't be told or is refused
   */
  async apply(
    target: Target,
    { desired, previous }: Change,
    onPlanned: (found: Shape) => void = () => {},
  ): Promise<Outcome> {
    const look = lookAt(target, union(previous, desired));
    const seen = await this.comparing.submit(keyOf(target), look);
    assertTold(target, [...seen.unknown, ...(desired === NOTHING ? seen.untold : [])]);
    const steps = this.plan(target, { desired, previous }, seen);
    const refused = only(steps, "refuse").map(({ reason }) => reason);
    if (refused.length > 0)
      throw new Error(`${target.host}/${target.service}: ${refused.join("; ")}. Nothing was changed`);
    onPlanned(seen.found);
    if (steps.length === 0) return { found: narrow(seen.found, desired) };
    const outcome = await this.applying.submit(keyOf(target), { ...look, steps });
    return outcome.failure ? outcome : { found: narrow(outcome.found, desired) };
  }

  private plan(target: Target, { desired, previous }: Change, { found, before, lacks }: Seen): Step[] {
    const { service, os, connection } = target;
    return planService(systemOf(os), desired, this.claims.without(target, found, desired), {
      service,
      os,
      lacks: lacks.filter((name) => !this.claims.has(target, name)),
      before,
      previous,
      line: { user: connection.user ?? "root", port: connection.port },
    });
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
    const result = await this.runner.run(host, connection, lookScript(expectations, this.run, this.folder), {
      timeoutSeconds: OBSERVE_SECONDS,
    });
    return readAnswer(host, result, expectations);
  }

  private async applyNow(plans: Planned[]): Promise<Outcome[]> {
    const { host, connection, os } = plans[0]!.target;
    const numbered = plans.map(({ target, steps }, n): Numbered => ({ n, service: target.service, steps }));
    const expectations = plans.map(({ expectation }) => expectation);
    const names: ApplyNames = { token: `${this.run}-${++this.applies}`, confirmSeconds: this.confirmSeconds };
    const observe = lookScript(expectations, this.run, this.folder);
    const options = { timeoutSeconds: CHANGE_PATIENCE + applySeconds(plans.map(({ steps }) => steps)) };
    const script = applyScript(systemOf(os), numbered, names, observe, this.folder);
    const applied = this.runner.run(host, connection, script, options);
    const result = plans.some(({ steps }) => isGuarded(steps))
      ? // When the line broke, the host knows what became of it; where it was busy, there is nothing to confirm.
        await applied
          .catch(() => undefined)
          .then((made) =>
            made && isBusy(made)
              ? made
              : this.confirm(host, connection, confirmScript(numbered, names, observe, this.folder), options),
          )
      : await applied;
    const seen = afterwards(result, () => readAnswer(host, result, expectations));
    const failures = parseOutcomes(result.stdout, plans.length);
    return seen.map(({ found, unknown, untold }, i) => ({
      found,
      failure: failures[i] ?? untoldFailure([...unknown, ...untold]),
    }));
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
