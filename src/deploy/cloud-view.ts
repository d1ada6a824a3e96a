import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { workerScript } from "../../services/stand-in/worker.ts";
import { deployed, lookAtKinds, type Seen } from "../clouds/look.ts";
import { kinds } from "../clouds/vendors.ts";
import { VIEW_VARIABLE, type CloudView } from "../clouds/view.ts";
import { scratchFolder } from "../engine/scratch.ts";
import { readState } from "../engine/read-state.ts";
import { hostsByUrn, hostsWith, type StateResource } from "../engine/state.ts";
import { ROOT } from "../load/fleet.ts";
import type { Fleet } from "../model/fleet.ts";
import { SSH_IN_MESH } from "../model/mesh.ts";
import { isActive } from "../model/status.ts";
import { CliError } from "../terminal/output.ts";
import { findImages } from "./images.ts";
import { pinnedImages, readConfig, withProviderConfig } from "./stack-config.ts";
import type { OpenStack } from "./stack.ts";

/** What was found before a run. */
export interface CloudLook {
  view: Seen["view"] & Pick<CloudView, "images">;
  /** How things are written at their vendors, for runs that look at them first. */
  writtenNow: Seen["writtenNow"];
  /** Old URN → new URN of what is called otherwise now. */
  renamed: Seen["renamed"];
  /** Hosts that cannot be made now, and why: they fail alone. */
  failures: Record<string, string>;
  /** What the stack holds. */
  state: readonly StateResource[];
}

/**
 * What the fleet declares, exists at its providers, and is not in the stack's state: to be adopted. And the machine
 * images that new instances need.
 * @throws CliError when something exists that is not the fleet's, before anything is touched
 */
export async function lookAtClouds(stack: OpenStack): Promise<CloudLook> {
  // Asking the engine for the state takes a while, and a fleet without anything at a cloud does not need it.
  if (kinds.every((kind) => deployed(kind, stack.fleet).length === 0))
    return { view: { existing: {}, adopt: [] }, writtenNow: {}, renamed: new Map(), failures: {}, state: [] };
  const [state, config] = await Promise.all([readState(stack.target), readConfig(stack)]);
  const env = withProviderConfig(stack, config);
  const [{ view, refused, ...seen }, { images, failures }] = await Promise.all([
    lookAtKinds({ stack: stack.name, fleet: stack.fleet, state, env, script: scriptOf(stack) }),
    findImages(stack, pinnedImages(config), state, env),
  ]);
  if (refused.length > 0) throw new CliError(`${refused.join("\n")}\nnothing was touched`);
  const there = new Set(hostsByUrn(state).values());
  const unmade = Object.entries(failures).filter(([host]) => !there.has(host));
  return { ...seen, failures: Object.fromEntries(unmade), view: { ...view, images }, state };
}

const scriptOf =
  ({ lab }: OpenStack) =>
  (path: string): string | undefined => {
    try {
      return workerScript(ROOT, path, lab);
    } catch {
      // The program says what is missing.
      return undefined;
    }
  };

/** What the program is told for a run. @param refreshes whether the engine looks at what it holds first */
export const viewOf = (
  { view, writtenNow }: CloudLook,
  refreshes: boolean,
  more: Partial<CloudView> & { asFound: boolean },
): CloudView => ({ ...view, ...(refreshes && { written: writtenNow }), ...more });

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
