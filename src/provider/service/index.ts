import { redact } from "../../plugin/errors.ts";
import { PartialFailure, type Properties, type ResourceType } from "../../plugin/types.ts";
import { ScriptTimeoutError } from "../../transport/types.ts";
import { secretsIn } from "../aspects/secrets.ts";
import { NOTHING, propertiesOf, shapeOf, targetOf, union, type Shape, type Target } from "../aspects/shape.ts";
import { unlessGone, type IsGone } from "../gone.ts";
import { diffService } from "./diff.ts";
import { describeFailure } from "./failure-text.ts";
import { Hosts, type HostsOptions, type Runner } from "./hosts.ts";
import { BusyError } from "../systems/look.ts";
import { importedShape } from "./import.ts";

export type { Runner } from "./hosts.ts";

export interface ServiceOptions extends HostsOptions {
  /** Whether a machine's provider says that it is not there any more: then nothing is left to be removed from it. */
  isGone?: IsGone;
}

/**
 * `fleet:host:Service`: one service on one host, as {host, service, connection, ...bundle} (src/model/bundle.ts with
 * its texts resolved). The state has the same shape and holds what was found. Its id is "host/service". How the host is
 * reached is taken from the inputs, what the program said last: a new way to a host is no change of what is on it, so
 * the state may still hold the old one.
 */
export function serviceResource(runner: Runner, options: ServiceOptions = {}): ResourceType {
  const hosts = new Hosts(runner, options);
  const { census } = options;

  /** @param olds inputs or state from before; empty for something new */
  async function bring(inputs: Properties, olds: Properties): Promise<Properties> {
    const target = targetOf(inputs);
    const desired = shapeOf(inputs);
    const secrets = [...secretsIn(inputs), ...secretsIn(olds)];
    let before: Shape | undefined;
    const fail = (found: Shape, reason: string) =>
      new PartialFailure(idOf(target), propertiesOf(target, found), inputs, [redact(reason, secrets)]);
    try {
      const { found, failure } = await hosts.apply(
        target,
        { desired, previous: shapeOf(olds) },
        (shape) => (before = shape),
      );
      if (failure) throw fail(found, describeFailure(target, failure, before!, found));
      const state = propertiesOf(target, found);
      const left = leftOver(target, propertiesOf(target, before!), state, inputs);
      if (left !== undefined) throw fail(found, left);
      return state;
    } catch (error) {
      if (error instanceof PartialFailure) throw error;
      // Once a change has begun, the host may hold a part of it.
      if (before && !(error instanceof BusyError))
        throw fail(before, `${idOf(target)}: ${messageOf(error)}. ${whatGoesOn(error)}`);
      if (error instanceof Error) error.message = redact(error.message, secrets);
      throw error;
    }
  }

  return {
    // Loading zod takes as long as starting the rest of the provider, and a look at the hosts has nothing to check.
    async check({ news }) {
      const checked = (await import("./check.ts")).checkService(news);
      if (checked.failures.length === 0) hosts.claim(targetOf(checked.inputs), shapeOf(checked.inputs));
      return checked;
    },
    diff: async ({ olds, news, ignoreChanges }) => diffService(olds, news, ignoreChanges),

    async create({ inputs, preview }) {
      const target = targetOf(inputs);
      if (preview) return { id: idOf(target), state: inputs };
      census?.changes(target.host, 1);
      return { id: idOf(target), state: await bring(inputs, {}) };
    },

    async update({ olds, news, preview }) {
      return { state: preview ? news : await bring(news, olds) };
    },

    async read({ id, inputs = {}, state }) {
      if (!state?.host) return importService(hosts, id, inputs);
      try {
        const declared = inputs.host ? inputs : state;
        const target = targetOf(declared);
        census?.sees(target.host, target.service);
        // The state may hold what a change that failed has left over.
        const found = propertiesOf(
          target,
          await hosts.observe(atOnce(target), union(shapeOf(state), shapeOf(declared))),
        );
        return { id, inputs: found, state: found };
      } catch (error) {
        const secrets = [...secretsIn(inputs), ...secretsIn(state)];
        throw new PartialFailure(id, state, inputs, [redact(`unknown: ${messageOf(error)}`, secrets)]);
      }
    },

    async delete({ urn, inputs, state }) {
      const target = atOnce(targetOf(inputs ?? state));
      let before = NOTHING;
      census?.changes(target.host, -1);
      const outcome = await unlessGone(
        { urn, what: "the service", connection: target.connection, isGone: options.isGone },
        () => hosts.apply(target, { desired: NOTHING, previous: shapeOf(state) }, (shape) => (before = shape)),
      );
      if (outcome?.failure)
        throw new Error(redact(describeFailure(target, outcome.failure, before, outcome.found), secretsIn(state)));
    },
  };
}

async function importService(hosts: Hosts, id: string, inputs: Properties) {
  const slash = id.indexOf("/");
  if (slash < 1) throw new Error(`cannot import "${id}": the id of a service is "host/service"`);
  const target: Target = { ...targetOf(inputs), host: id.slice(0, slash), service: id.slice(slash + 1) };
  const wanted = inputs.host ? shapeOf(inputs) : importedShape(target.service);
  const found = propertiesOf(target, await hosts.observe(target, wanted));
  return { id, inputs: found, state: found };
}

/**
 * Only a machine that was just made is waited for: whoever looks at one, or removes something from it, finds it there
 * or not.
 */
const atOnce = (target: Target): Target => ({ ...target, connection: { ...target.connection, bootSeconds: 0 } });

/** What is not as declared although all was carried out; undefined when nothing is. */
function leftOver(target: Target, before: Properties, after: Properties, inputs: Properties): string | undefined {
  const wrong = Object.keys(diffService(after, inputs).detailed);
  if (wrong.length === 0) return undefined;
  const wasWrong = diffService(before, inputs).detailed;
  const meanwhile = wrong.filter((path) => !(path in wasWrong));
  const still = wrong.filter((path) => path in wasWrong);
  return (
    `${idOf(target)}: ` +
    [
      ...(still.length > 0
        ? [`this was applied, and the host shows it otherwise: ${still.join(", ")}; "fleet drift" shows as what`]
        : []),
      ...(meanwhile.length > 0
        ? [`this was changed while up was at work, by something else: ${meanwhile.join(", ")}`]
        : []),
    ].join(". ")
  );
}

const whatGoesOn = (error: unknown): string =>
  error instanceof ScriptTimeoutError
    ? "What was begun there is taken back by the host, or finished by the next up."
    : "What was begun there runs to its end; run up again to compare and finish.";

const idOf = ({ host, service }: Target): string => `${host}/${service}`;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
