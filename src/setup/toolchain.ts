import { join } from "node:path";
import type { SetupContext } from "./context.ts";
import { dropGoCaches } from "./go-build.ts";
import { ensureHcloud, findHcloud } from "./hcloud-plugin.ts";
import { withLock } from "./lock.mjs";
import { binDir, cacheDir } from "./paths.ts";
import { ensurePulumi, findPulumi, pulumiOnPath } from "./pulumi-cli.ts";
import { ToolStore, type Tool } from "./tool.ts";

export const store = new ToolStore(binDir, cacheDir);

/** What is ready in `.fleet/bin` without doing anything: the CLI with its language host, and the Hetzner plugin. */
export async function findToolchain(): Promise<{ pulumi: Tool | undefined; hcloud: Tool | undefined }> {
  const [pulumi, hcloud] = await Promise.all([
    pulumiOnPath().then((onPath) => findPulumi(store, onPath)),
    findHcloud(store),
  ]);
  return { pulumi, hcloud };
}

/**
 * Brings the Pulumi CLI, its language host and the Hetzner plugin into `.fleet/bin`, which the launcher puts first on
 * PATH.
 */
export async function ensureToolchain(context: SetupContext): Promise<Tool[]> {
  const { pulumi, hcloud } = await findToolchain();
  if (pulumi && hcloud) return [pulumi, hcloud];
  const onWait = () => context.progress.say("… waiting for another set-up of the toolchain");
  return withLock(
    join(cacheDir, "toolchain.lock"),
    async () => {
      const cli = await ensurePulumi(store, context);
      const tools = [cli, await ensureHcloud(store, cli, context)];
      if (tools.some((tool) => tool.origin === "built from Go modules" && !tool.cached)) await dropGoCaches();
      return tools;
    },
    { onWait },
  );
}
