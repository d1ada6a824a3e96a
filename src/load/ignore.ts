import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { IgnoreRule } from "../model/ignore.ts";
import { root } from "../setup/paths.ts";

/**
 * Reads the rules of stacks/<stack>/ignore.ts, and nothing else of the stack: drift does not wait for a fleet's files.
 * No file, no rules.
 *
 * @throws Error naming the file when it is no list of rules
 */
export async function loadIgnoreRules(stack: string, folder = root): Promise<readonly IgnoreRule[]> {
  const file = join("stacks", stack, "ignore.ts");
  const path = join(folder, file);
  if (!existsSync(path)) return [];
  const [{ ignoreSchema }, { default: rules }] = await Promise.all([
    import("../model/ignore.ts"),
    (import(pathToFileURL(path).href) as Promise<{ default?: unknown }>).catch((error: Error) => {
      throw new Error(`${file}: ${error.message}`, { cause: error });
    }),
  ]);
  const parsed = ignoreSchema.array().safeParse(rules);
  if (!parsed.success) throw new Error(`${file}: its default export must be a list of rules made by ignoreDrift({…})`);
  return parsed.data;
}
