import { join } from "node:path";
import type { SetupContext } from "./context.ts";
import { dropGoCaches, goBuild, toolchainModule } from "./go-build.ts";
import { withLock } from "./lock.mjs";
import { cacheDir } from "./paths.ts";
import { keyOf, ToolStore } from "./tool.ts";

const NAME = "actionlint";
const module = join(toolchainModule, NAME);
/** Not in `.fleet/bin`: only tests use it. */
const store = new ToolStore(join(cacheDir, "tools"), cacheDir);

/**
 * The path of actionlint, which checks the workflows' YAML: built from the Go modules that its go.mod and go.sum pin,
 * once. @throws Error when it can't be built
 */
export async function ensureActionlint(context: SetupContext): Promise<string> {
  const key = await keyOf(
    [],
    ["go.mod", "go.sum"].map((file) => join(module, file)),
  );
  const path = join(store.bin, NAME);
  if (await store.find(NAME, key)) return path;
  await withLock(join(cacheDir, "toolchain.lock"), async () => {
    if (await store.find(NAME, key)) return;
    const tool = {
      label: NAME,
      version: "as its go.mod pins",
      origin: "built from Go modules",
      cached: false,
      reason: "it comes from nowhere else",
    } as const;
    await context.progress.step("Build actionlint from Go modules", (note) =>
      goBuild({ module, main: `github.com/rhysd/${NAME}/cmd/${NAME}`, context, note }, (program) =>
        store.put(NAME, key, tool, [program], "move"),
      ),
    );
    await dropGoCaches();
  });
  return path;
}
