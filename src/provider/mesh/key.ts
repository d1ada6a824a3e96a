import { PartialFailure, type Properties, type ResourceType } from "../../plugin/types.ts";
import type { Connection } from "../../transport/types.ts";
import type { Pool } from "../../transport/pool.ts";
import { unlessGone, type IsGone } from "../gone.ts";
import { connectionOf, nameFailures, nameOf, replacedBy } from "../ssh/inputs.ts";
import { makeKeyScript, parseKeys, readKeysScript, removeKeysScript, type PublicKeys } from "./key-script.ts";

/** Longest time to make a key, in seconds: its tools may have to be installed. */
const MAKE_SECONDS = 600;
const READ_SECONDS = 30;
/** Stands for a key in a preview, so that the lists that will hold it show their new line. */
const TO_BE_MADE = "(made by up)";

/**
 * `fleet:mesh:Key`: a host's WireGuard key. Inputs: host, connection. Outputs: host, publicKey, and nextPublicKey,
 * which is empty unless the host gets a new one. The private half is made on the host and never leaves it.
 */
export function meshKeyResource(pool: Pick<Pool, "run">, options: { isGone?: IsGone } = {}): ResourceType {
  const run = async (host: string, connection: Connection, script: string, timeoutSeconds: number): Promise<string> => {
    const { exitCode, stdout, stderr } = await pool.run(host, connection, script, { timeoutSeconds });
    if (exitCode !== 0)
      throw new Error(
        `${host}: its WireGuard key could not be handled: ` +
          (stderr.trim().split("\n").at(-1) || `exit code ${exitCode}`),
      );
    return stdout;
  };
  const make = async (host: string, inputs: Properties): Promise<Properties> =>
    stateOf(host, parseKeys(await run(host, connectionOf(inputs)!, makeKeyScript("private"), MAKE_SECONDS))!);

  return {
    check: async ({ news }) => ({
      inputs: { host: news["host"], connection: news["connection"] ?? {} },
      failures: nameFailures(news, "host"),
    }),

    diff: async ({ oldInputs, news }) => {
      const { detailed } = replacedBy(["host"], oldInputs, news);
      return {
        detailed: isMadeAnew(oldInputs, news)
          ? { "connection.machine": { kind: "update", input: true }, ...detailed }
          : detailed,
      };
    },

    async create({ inputs, preview }) {
      const host = nameOf(inputs, "host");
      return {
        id: host,
        state: preview ? { host, publicKey: TO_BE_MADE, nextPublicKey: "" } : await make(host, inputs),
      };
    },

    async read({ id, inputs, state }) {
      if (!inputs || !state)
        throw new Error(`the WireGuard key of ${id} cannot be imported: the next up finds the one that the host has`);
      try {
        const keys = parseKeys(
          await run(id, { ...connectionOf(inputs)!, bootSeconds: 0 }, readKeysScript(), READ_SECONDS),
        );
        return keys && { id, inputs, state: stateOf(id, keys) };
      } catch (error) {
        throw new PartialFailure(id, state, inputs, [`unknown: ${(error as Error).message}`]);
      }
    },

    /**
     * After a read that failed, or for a machine that was made anew, whose old key is gone. Whatever else is wrong,
     * what others were told of the host stays: without its key the hub would never let it in again. The next read says
     * what is wrong.
     */
    async update({ id, olds, oldInputs, news, preview }) {
      if (preview) return { state: olds };
      const made = make(id, news);
      return { state: await (isMadeAnew(oldInputs, news) ? made : made.catch(() => olds)) };
    },

    async delete({ urn, id, inputs, state }) {
      const connection = { ...connectionOf(inputs ?? state)!, bootSeconds: 0 };
      await unlessGone({ urn, what: "the key", connection, isGone: options.isGone }, () =>
        run(id, connection, removeKeysScript(), READ_SECONDS),
      );
    },
  };
}

/** Whether another machine stands behind the host's name. */
function isMadeAnew(before: Properties, now: Properties): boolean {
  const [old, next] = [connectionOf(before)?.machine, connectionOf(now)?.machine];
  return old !== undefined && next !== undefined && old !== next;
}

const stateOf = (host: string, keys: PublicKeys): Properties => ({ host, ...keys });
