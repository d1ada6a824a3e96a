import type { Connection, ScriptResult } from "../../transport/types.ts";
import { applyScript, applySeconds, parseOutcomes, type Failure } from "./apply-script.ts";
import { Batcher } from "./batch.ts";
import { parseFacts, type Facts } from "./facts.ts";
import { foundShape, recallTexts } from "./found.ts";
import { observeScript, type Expectation } from "./observe.ts";
import { planService, type Step } from "./plan.ts";
import { union, type Shape, type Target } from "./types.ts";

/** What is needed of the transport: a pool of connections, one per host. */
export interface Runner {
  /** @throws UnreachableError when the host does not answer. */
  run(host: string, connection: Connection, script: string, options: { timeoutSeconds: number }): Promise<ScriptResult>;
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

interface Planned extends Expectation {
  target: Target;
  steps: Step[];
}

const OBSERVE_SECONDS = 180;

/** Observes and changes services on hosts. Calls for one host at about the same time share their round trips. */
export class Hosts {
  private readonly runner: Runner;
  private readonly observing = new Batcher<{ target: Target; expectation: Expectation }, Shape>((_, requests) => this.observeBatch(requests));
  private readonly applying = new Batcher<Planned, Outcome>((_, requests) => this.applyBatch(requests));

  constructor(runner: Runner) {
    this.runner = runner;
  }

  /** What there is on a host of `shape`. */
  observe(target: Target, shape: Shape): Promise<Shape> {
    return this.observing.submit(keyOf(target), { target, expectation: { service: target.service, shape } });
  }

  /** Brings a service to its desired state: looks first, then changes only what is wrong. A host that is right is only looked at. */
  async apply(target: Target, { desired, previous }: Change, onPlanned: (found: Shape) => void = () => {}): Promise<Outcome> {
    const shape = union(previous, desired);
    const found = await this.observe(target, shape);
    const steps = planService(target.service, desired, found);
    onPlanned(found);
    if (steps.length === 0) return { found: narrow(found, desired) };
    const outcome = await this.applying.submit(keyOf(target), { target, service: target.service, shape, steps });
    return outcome.failure ? outcome : { found: narrow(outcome.found, desired) };
  }

  private async observeBatch(requests: { target: Target; expectation: Expectation }[]): Promise<Shape[]> {
    const { host, connection } = requests[0]!.target;
    const expectations = requests.map(({ expectation }) => expectation);
    const result = await this.runner.run(host, connection, observeScript(expectations), { timeoutSeconds: OBSERVE_SECONDS });
    const facts = readFacts(host, result, expectations);
    return expectations.map((expectation) => foundShape(expectation, facts));
  }

  private async applyBatch(plans: Planned[]): Promise<Outcome[]> {
    const { host, connection } = plans[0]!.target;
    const steps = plans.map((plan) => plan.steps);
    const result = await this.runner.run(host, connection, applyScript(steps, observeScript(plans)), { timeoutSeconds: applySeconds(steps) });
    const facts = readFacts(host, result, plans);
    const failures = parseOutcomes(result.stdout, plans.length);
    return plans.map((plan, i) => ({ found: foundShape(plan, facts), failure: failures[i] }));
  }
}

/** Services reached over the same connection share a script. */
const keyOf = ({ host, connection }: Target): string => JSON.stringify([host, connection]);

function readFacts(host: string, result: ScriptResult, expectations: readonly Expectation[]): Facts {
  try {
    const facts = parseFacts(result.stdout);
    recallTexts(facts, expectations);
    return facts;
  } catch (error) {
    throw new Error(`${host}: ${(error as Error).message} (exit code ${result.exitCode}): ${result.stderr.trim().slice(-500)}`);
  }
}

/** What was found of the desired things alone; extra drop-ins of their units stay to be seen. */
function narrow(found: Shape, desired: Shape): Shape {
  const within = <T>(items: Record<string, T>, wanted: object): Record<string, T> => Object.fromEntries(Object.entries(items).filter(([key]) => key in wanted));
  return {
    ...found,
    packages: found.packages.filter((name) => desired.packages.includes(name)),
    groups: within(found.groups, desired.groups),
    users: within(found.users, desired.users),
    directories: within(found.directories, desired.directories),
    files: within(found.files, desired.files),
    units: within(found.units, desired.units),
    cron: within(found.cron, desired.cron),
    sysctl: within(found.sysctl, desired.sysctl),
  };
}
