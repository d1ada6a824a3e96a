import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import {
  PartialFailure,
  Secret,
  UNKNOWN,
  type Properties,
  type ResourceType,
  type Value,
} from "../../../plugin/types.ts";
import { bare, checkInputs, diffInputs, isObject } from "../schema.ts";
import { facts } from "./facts.ts";
import type { Output } from "./run.ts";

/** Runs one of a command's scripts where it belongs. */
export type Runner = (
  script: string,
  inputs: Properties,
  env: Record<string, string>,
  timeoutSeconds: number,
  secret: boolean,
) => Promise<Output>;

/** A resource that is its scripts: create, update (or create again) and delete; a change of triggers replaces it. */
export function scriptResource(token: string, runner: Runner): ResourceType {
  const runScript = async (
    script: Value | undefined,
    inputs: Properties,
    previous: Properties | undefined,
    timeoutSeconds: number,
  ): Promise<Properties> => {
    const command = bare(script);
    if (typeof command !== "string") return { stdout: previous?.stdout ?? "", stderr: previous?.stderr ?? "" };
    const secret = ["create", "update", "delete", "stdin", "environment"].some((name) => holdsSecret(inputs[name]));
    const { stdout, stderr } = await runner(
      command,
      inputs,
      { ...environmentOf(inputs), ...previousOutput(inputs, previous) },
      timeoutSeconds,
      secret,
    );
    return secret ? { stdout: new Secret(stdout), stderr: new Secret(stderr) } : { stdout, stderr };
  };

  return {
    check: async ({ news }) => {
      const { inputs, failures } = checkInputs(facts, token, news);
      const unsupported = ["assetPaths", "archivePaths"].filter((name) => news[name] !== undefined);
      return {
        inputs,
        failures: [
          ...failures,
          ...unsupported.map((property) => ({
            property,
            reason:
              "the lab's command plugin does not collect files: " +
              `read them back with another command instead of ${property}`,
          })),
        ],
      };
    },
    // The way to a machine is no part of what was run there.
    diff: async ({ oldInputs, news }) => diffInputs(facts, token, { ...oldInputs, connection: news.connection }, news),
    create: async ({ inputs, preview, timeoutSeconds }) => {
      if (preview) return { id: "", state: { ...inputs, stdout: UNKNOWN, stderr: UNKNOWN } };
      return {
        id: randomBytes(8).toString("hex"),
        state: { ...inputs, ...(await runScript(inputs.create, inputs, undefined, timeoutSeconds)) },
      };
    },
    read: async ({ id, inputs, state }) => ({ id, inputs: inputs ?? {}, state: state ?? {} }),
    update: async ({ id, olds, oldInputs, news, preview, timeoutSeconds }) => {
      if (preview) return { state: { ...news, stdout: UNKNOWN, stderr: UNKNOWN } };
      if (isDeepStrictEqual(bare(oldInputs), bare(news))) return { state: { ...olds, ...news } };
      try {
        return { state: { ...news, ...(await runScript(news.update ?? news.create, news, olds, timeoutSeconds)) } };
      } catch (error) {
        throw new PartialFailure(id, olds, oldInputs, [(error as Error).message]);
      }
    },
    delete: async ({ state, timeoutSeconds }) => {
      await runScript(state.delete, state, state, timeoutSeconds);
    },
  };
}

export function environmentOf(inputs: Properties): Record<string, string> {
  const environment = bare(inputs.environment);
  return isObject(environment)
    ? Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, String(value)]))
    : {};
}

function previousOutput(inputs: Properties, previous: Properties | undefined): Record<string, string> {
  if (previous === undefined || bare(inputs.addPreviousOutputInEnv) === false) return {};
  return {
    PULUMI_COMMAND_STDOUT: String(bare(previous.stdout) ?? ""),
    PULUMI_COMMAND_STDERR: String(bare(previous.stderr) ?? ""),
  };
}

export function holdsSecret(value: Value | undefined): boolean {
  if (value instanceof Secret) return true;
  if (Array.isArray(value)) return value.some(holdsSecret);
  return isObject(value) && Object.values(value).some(holdsSecret);
}
