import { PartialFailure, Secret, UNKNOWN, type Properties, type ResourceType } from "../../plugin/types.ts";
import type { Pool } from "../../transport/pool.ts";
import { UnreachableError, type Connection } from "../../transport/types.ts";
import { connectionOf, nameFailures, nameOf, replacedBy } from "./inputs.ts";
import { makeKeyPair } from "./keys.ts";

/**
 * `fleet:ssh:HostKey`: a machine's SSH host key. Inputs: host, adopt, connection. Outputs: host, adopt, publicKey,
 * privateKey (secret). It is made before the machine's first boot, which gives it to the machine; with `adopt` it is
 * read from a machine that exists, over a connection that the user's known_hosts verifies, and there is no privateKey.
 */
export function hostKeyResource(pool: Pool): ResourceType {
  const adopt = async (host: string, connection: Connection): Promise<Properties> => {
    const publicKey = await pool.hostKey(host, connection);
    if (publicKey === undefined)
      throw new Error(
        `${host} has no /etc/ssh/ssh_host_ed25519_key.pub: make one there with ssh-keygen -A and restart its sshd`,
      );
    return { host, adopt: true, publicKey };
  };

  return {
    async check({ news }) {
      const adopts = news["adopt"] ?? false;
      const failures = nameFailures(news, "host");
      if (typeof adopts !== "boolean") failures.push({ property: "adopt", reason: "must be true or false" });
      return { inputs: { host: news["host"], adopt: adopts, connection: news["connection"] ?? {} }, failures };
    },

    diff: async ({ oldInputs, news }) => replacedBy(["host", "adopt"], oldInputs, news),

    async create({ inputs, preview }) {
      const host = nameOf(inputs, "host");
      if (inputs["adopt"])
        return {
          id: host,
          state: preview ? await adoptIfReachable(host, inputs, adopt) : await adopt(host, connectionOf(inputs)!),
        };
      if (preview)
        return { id: host, state: { host, adopt: false, publicKey: UNKNOWN, privateKey: new Secret(UNKNOWN) } };
      const { publicKey, privateKey } = makeKeyPair(host);
      return { id: host, state: { host, adopt: false, publicKey, privateKey: new Secret(privateKey) } };
    },

    async read({ id, inputs, state }) {
      if (!inputs || !state)
        throw new Error(`the host key of ${id} cannot be imported: set adopt on the host to read it from the machine`);
      if (!inputs["adopt"]) return { id, inputs, state };
      try {
        // What is in the state was reached before: only a machine just created is waited for.
        return { id, inputs, state: await adopt(id, { ...connectionOf(inputs)!, bootSeconds: 0 }) };
      } catch (error) {
        if (!(error instanceof UnreachableError)) throw error;
        throw new PartialFailure(id, state, inputs, [`unknown: ${error.message}`]);
      }
    },

    // Only after a read that could not reach the machine.
    async update({ id, olds, news, preview }) {
      return { state: !news["adopt"] || preview ? olds : await adopt(id, connectionOf(news)!) };
    },

    delete: async () => {},
  };
}

/** A preview that can see the key lets the previews that build on it see their machines. */
async function adoptIfReachable(
  host: string,
  inputs: Properties,
  adopt: (host: string, connection: Connection) => Promise<Properties>,
): Promise<Properties> {
  const connection = connectionOf(inputs);
  const found = connection && (await adopt(host, connection).catch(() => undefined));
  return found ?? { host, adopt: true, publicKey: UNKNOWN };
}
