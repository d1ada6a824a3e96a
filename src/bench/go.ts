import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { loadFleet } from "../load/fleet.ts";
import { pilotDigest } from "../model/rollout.ts";

/**
 * Says in a copy of this repository what a fleet's owner would say after a look at its pilot, and raises the ceiling to
 * so many dollars, as its owner would have to.
 */
export async function giveGo(folder: string, stack: string, dollars: number): Promise<void> {
  const path = join(folder, "stacks", stack, "fleet.ts");
  const go = `go: { by: "owner", on: "2026-11-29", pilot: "${pilotDigest((await loadFleet(stack)).fleet)}" }`;
  const text = await readFile(path, "utf8");
  await writeFile(
    path,
    text.replace(/\bgo: (false|\{[^}]*\})/, go).replace(/budget: \{ usd: \d+/, `budget: { usd: ${dollars}`),
  );
}
