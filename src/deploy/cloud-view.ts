import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { scratchFolder } from "../engine/scratch.ts";
import { readState } from "../engine/read-state.ts";
import { hostsWith, type StateResource } from "../engine/state.ts";
import { addressesInState, declaredKeys, keysInState } from "../existing/declared.ts";
import type { CloudView } from "../existing/types.ts";
import { findExisting, VIEW_VARIABLE } from "../existing/view.ts";
import type { Fleet } from "../model/fleet.ts";
import { SSH_IN_MESH } from "../model/mesh.ts";
import { isActive } from "../model/status.ts";
import { findImages } from "./images.ts";
import { pinnedImages, readConfig, withProviderConfig } from "./stack-config.ts";
import type { OpenStack } from "./stack.ts";

/** What was found before a run. */
export interface CloudLook {
  view: Pick<CloudView, "existing" | "adopt" | "images">;
  /** Hosts that cannot be made now, and why: they fail alone. */
  failures: Record<string, string>;
  /** What the stack holds. */
  state: readonly StateResource[];
}

/**
 * What the fleet declares, exists at its providers, and is not in the stack's state: to be adopted. And the machine
 * images that new instances need.
 */
export async function lookAtClouds(stack: OpenStack): Promise<CloudLook> {
  // Asking the engine for the state takes a while, and a fleet without anything at a cloud does not need it.
  if (declaredKeys(stack.fleet).size === 0) return { view: { existing: {}, adopt: [] }, failures: {}, state: [] };
  const reading = readState(stack.target);
  const config = await readConfig(stack);
  const env = withProviderConfig(stack, config);
  const [state, found, { images, failures }] = await Promise.all([
    reading,
    findExisting(stack.fleet, env, reading.then(keysInState)),
    reading.then((resources) => findImages(stack, pinnedImages(config), resources, env)),
  ]);
  const existing = { ...addressesInState(state), ...found };
  const [declared, known] = [declaredKeys(stack.fleet, existing), keysInState(state)];
  return {
    failures,
    view: { existing, images, adopt: Object.keys(existing).filter((key) => declared.has(key) && !known.has(key)) },
    state,
  };
}

/** Machines that a cloud makes and that are to be reached in the mesh alone. */
export const joinsMesh = ({ hosts }: Fleet): string[] =>
  hosts
    .filter((h) => isActive(h) && h.kind === "aws" && h.services.some((s) => s.name === SSH_IN_MESH))
    .map((h) => h.name);

/**
 * Those of them that never had their mesh, as far as the stack knows: only these are reached at their public address.
 */
export function waitsForMesh(fleet: Fleet, { state }: CloudLook): string[] {
  const inMesh = hostsWith(SSH_IN_MESH, state);
  return joinsMesh(fleet).filter((host) => !inMesh.has(host));
}

/** Hands a view of the clouds to the program for the time of one run. */
export async function withCloudView<T>(
  stack: OpenStack,
  view: CloudView,
  run: (stack: OpenStack) => Promise<T>,
): Promise<T> {
  const folder = await scratchFolder("view");
  const path = join(folder, "view.json");
  try {
    await writeFile(path, JSON.stringify(view));
    return await run({ ...stack, target: { ...stack.target, env: { ...stack.target.env, [VIEW_VARIABLE]: path } } });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
