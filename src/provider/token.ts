import { randomInt } from "node:crypto";
import { Secret, UNKNOWN, type ResourceType } from "../plugin/types.ts";
import { nameFailures, nameOf, replacedBy } from "./ssh/inputs.ts";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/** Some 190 bits; also the length that Uptime Kuma gives to its push tokens. */
const LENGTH = 32;

const makeToken = (): string => Array.from({ length: LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join("");

/**
 * `fleet:index:Token`: 32 random letters and digits that the fleet makes once and keeps. Inputs: name. Outputs: name,
 * value (secret).
 */
export const tokenResource: ResourceType = {
  check: async ({ news }) => ({ inputs: { name: news["name"] }, failures: nameFailures(news, "name") }),

  diff: async ({ oldInputs, news }) => replacedBy(["name"], oldInputs, news),

  async create({ inputs, preview }) {
    const name = nameOf(inputs, "name");
    return { id: name, state: { name, value: new Secret(preview ? UNKNOWN : makeToken()) } };
  },

  async read({ id, inputs, state }) {
    if (!state?.["value"])
      throw new Error(
        `the token ${id} cannot be imported: only the fleet's own state holds it; ` +
          "leave it out and let a new one be made",
      );
    return { id, inputs: inputs ?? { name: id }, state };
  },

  update: async ({ olds }) => ({ state: olds }),
  delete: async () => {},
};
