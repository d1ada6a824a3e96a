import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pulumi } from "../engine/run.ts";
import { addressesInState, declaredKeys, keysInState, type ExportedState } from "../existing/declared.ts";
import type { CloudView } from "../existing/types.ts";
import { findExisting, VIEW_VARIABLE } from "../existing/view.ts";
import { readConfig, withProviderConfig } from "./stack-config.ts";
import type { OpenStack } from "./stack.ts";

/** What the fleet declares, exists at its providers, and is not in the stack's state: to be adopted. */
export async function lookAtClouds(stack: OpenStack): Promise<Omit<CloudView, "asFound">> {
  // Asking the engine for the state takes a while, and a fleet without anything at a cloud does not need it.
  if (declaredKeys(stack.fleet).size === 0) return { existing: {}, adopt: [] };
  const state = exportedState(stack);
  const known = state.then(keysInState);
  const config = readConfig(stack);
  const [found, addresses] = await Promise.all([config.then((read) => findExisting(stack.fleet, withProviderConfig(stack, read), known)), state.then(addressesInState)]);
  const existing = { ...addresses, ...found };
  const [declared, keys] = [declaredKeys(stack.fleet, existing), await known];
  return { existing, adopt: Object.keys(existing).filter((key) => declared.has(key) && !keys.has(key)) };
}

const exportedState = async (stack: OpenStack): Promise<ExportedState> => JSON.parse(await pulumi(["stack", "export", "--stack", stack.name], stack.target));

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
