import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pulumi } from "../engine/run.ts";
import { declaredKeys, keysInState } from "../existing/declared.ts";
import type { CloudView } from "../existing/types.ts";
import { findExisting, VIEW_VARIABLE } from "../existing/view.ts";
import { readConfig, withProviderConfig } from "./stack-config.ts";
import type { OpenStack } from "./stack.ts";

/** What the fleet declares, exists at its providers, and is not in the stack's state: to be adopted. */
export async function lookAtClouds(stack: OpenStack): Promise<Omit<CloudView, "asFound">> {
  // Asking the engine for the state takes a while, and a fleet without anything at a cloud does not need it.
  if (declaredKeys(stack.fleet).size === 0) return { existing: {}, adopt: [] };
  const [existing, state] = await Promise.all([
    readConfig(stack).then((config) => findExisting(stack.fleet, withProviderConfig(stack, config))),
    pulumi(["stack", "export", "--stack", stack.name], stack.target),
  ]);
  const declared = declaredKeys(stack.fleet, existing);
  const known = keysInState(JSON.parse(state) as Parameters<typeof keysInState>[0]);
  return { existing, adopt: Object.keys(existing).filter((key) => declared.has(key) && !known.has(key)) };
}

/** Hands a view of the clouds to the program for the time of one run. */
export async function withCloudView<T>(stack: OpenStack, view: CloudView, run: (stack: OpenStack) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "fleet-view-"));
  const path = join(folder, "view.json");
  try {
    await writeFile(path, JSON.stringify(view));
    return await run({ ...stack, target: { ...stack.target, env: { ...stack.target.env, [VIEW_VARIABLE]: path } } });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
