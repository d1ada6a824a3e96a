import { join } from "node:path";
import { dropGoCaches, goBuild } from "../../../src/setup/go-build.ts";
import { withLock } from "../../../src/setup/lock.mjs";
import { cacheDir } from "../../../src/setup/paths.ts";
import { progress } from "../../../src/setup/progress.mjs";
import { keyOf, ToolStore } from "../../../src/setup/tool.ts";

const NAME = "tailscale-client";
const module = join(import.meta.dirname, "client");
const store = new ToolStore(join(cacheDir, "tools"), cacheDir);

/** The path of the program in `client/`, Tailscale's own client for its API: built once, as its go.mod pins it. */
export async function ensureClient(): Promise<string> {
  const key = await keyOf(
    [],
    ["go.mod", "go.sum", "main.go"].map((file) => join(module, file)),
  );
  await withLock(join(cacheDir, "toolchain.lock"), async () => {
    if (await store.find(NAME, key)) return;
    const tool = {
      label: NAME,
      version: "as its go.mod pins",
      origin: "built from Go modules",
      cached: false,
      reason: "a test asks it",
    } as const;
    const context = { progress, signal: new AbortController().signal };
    await goBuild({ module, main: `fleet/${NAME}`, context, note: () => {} }, (program) =>
      store.put(NAME, key, tool, [program], "move"),
    );
    await dropGoCaches();
  });
  return join(store.bin, NAME);
}
