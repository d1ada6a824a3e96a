import { Secret, UNKNOWN, type ResourceType } from "../../plugin/types.ts";
import { nameFailures, nameOf, replacedBy } from "./inputs.ts";
import { makeKeyPair } from "./keys.ts";

/**
 * `fleet:ssh:KeyPair`: an ed25519 key pair that the fleet makes and keeps. Inputs: name. Outputs: name, publicKey,
 * privateKey (secret).
 */
export const keyPairResource: ResourceType = {
  check: async ({ news }) => ({ inputs: { name: news["name"] }, failures: nameFailures(news, "name") }),

  diff: async ({ oldInputs, news }) => replacedBy(["name"], oldInputs, news),

  async create({ inputs, preview }) {
    const name = nameOf(inputs, "name");
    if (preview) return { id: name, state: { name, publicKey: UNKNOWN, privateKey: new Secret(UNKNOWN) } };
    const { publicKey, privateKey } = makeKeyPair(name);
    return { id: name, state: { name, publicKey, privateKey: new Secret(privateKey) } };
  },

  async read({ id, inputs, state }) {
    if (!state?.["privateKey"])
      throw new Error(
        `the key pair ${id} cannot be imported: only the fleet's own state holds such keys; ` +
          "leave it out and let a new one be made",
      );
    return { id, inputs: inputs ?? { name: id }, state };
  },

  update: async ({ olds }) => ({ state: olds }),
  delete: async () => {},
};
