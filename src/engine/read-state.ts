import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { without, type ExportedStack } from "./release.ts";
import { pulumi, type EngineTarget } from "./run.ts";
import { scratchFolder } from "./scratch.ts";
import type { StateResource } from "./state.ts";

/** Everything that a stack holds. */
export const readState = async (target: EngineTarget): Promise<StateResource[]> =>
  (await exportStack(target)).deployment?.resources ?? [];

const exportStack = async (target: EngineTarget): Promise<Partial<ExportedStack>> =>
  JSON.parse(await pulumi(["stack", "export", "--stack", target.stack], target)) as Partial<ExportedStack>;

/**
 * Takes resources out of a stack without touching what they stand for. Secrets stay encrypted on the way. @throws Error
 * with the engine's message, such as that somebody holds the stack; then nothing was changed
 */
export async function takeOut(target: EngineTarget, urns: ReadonlySet<string>): Promise<void> {
  const exported = await exportStack(target);
  const folder = await scratchFolder("state");
  try {
    const file = join(folder, "stack.json");
    await writeFile(file, JSON.stringify(without(exported as ExportedStack, urns)), { mode: 0o600 });
    await pulumi(["stack", "import", "--stack", target.stack, "--file", file], target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
