import { join } from "node:path";
import type { SetupContext } from "./context.ts";
import { dropGoCaches, goBuild } from "./go-build.ts";
import { withLock } from "./lock.mjs";
import { cacheDir } from "./paths.ts";
import { keyOf, ToolStore } from "./tool.ts";

/** Not in `.fleet/bin`: only tests use them. */
const store = new ToolStore(join(cacheDir, "tools"), cacheDir);

export interface GoProgram {
  /** The last part of what `main` is. */
  name: string;
  /** The folder of go.mod and go.sum, which pin what it is built from. */
  module: string;
  /** The import path of its `main` package, or a path relative to the module. */
  main: string;
  /** Files of its own in the module: when one changes, it is built again. */
  sources?: string[];
}

/** The path of a program that only tests use: built from pinned Go modules, once. @throws Error when it can't be built */
export async function ensureGoProgram(
  context: SetupContext,
  { name, module, main, sources = [] }: GoProgram,
): Promise<string> {
  const key = await keyOf(
    [main],
    ["go.mod", "go.sum", ...sources].map((file) => join(module, file)),
  );
  const path = join(store.bin, name);
  if (await store.find(name, key)) return path;
  await withLock(join(cacheDir, "toolchain.lock"), async () => {
    if (await store.find(name, key)) return;
    const tool = {
      label: name,
      version: "as its go.mod pins",
      origin: "built from Go modules",
      cached: false,
      reason: "it comes from nowhere else",
    } as const;
    await context.progress.step(`Build ${name} from Go modules`, (note) =>
      goBuild({ module, main, context, note }, (program) => store.put(name, key, tool, [program], "move")),
    );
    await dropGoCaches();
  });
  return path;
}
