import { join } from "node:path";
import { goBuild, toolchainModule } from "./go-build.ts";
import { fleetDir } from "./paths.ts";
import { HCLOUD_VERSION } from "./pins.ts";
import { failBriefly, run, within } from "./run.ts";
import { keyOf, type Tool, type ToolStore } from "./tool.ts";
import type { SetupContext } from "./context.ts";

const NAME = "pulumi-resource-hcloud";
const OFFICIAL_SECONDS = 180;

const hcloudKey = (): Promise<string> =>
  keyOf(
    [HCLOUD_VERSION],
    ["go.mod", "go.sum", `${NAME}/main.go`].map((file) => join(toolchainModule, file)),
  );

/** The plugin that is ready. Changes nothing. */
export const findHcloud = async (store: ToolStore): Promise<Tool | undefined> => store.find(NAME, await hcloudKey());

/**
 * Puts Hetzner's resource plugin into the store: the official download, else built from Go modules. `cli` is the CLI
 * there.
 */
export async function ensureHcloud(store: ToolStore, cli: Tool, context: SetupContext): Promise<Tool> {
  const found = await findHcloud(store);
  if (found) return found;
  const key = await hcloudKey();
  const tool = { label: "Hetzner plugin", version: HCLOUD_VERSION, cached: false };

  const official = await downloadOfficial(store, cli, context);
  if (!("failed" in official)) {
    return store.put(
      NAME,
      key,
      { ...tool, origin: "official download", reason: "it is the published one" },
      [official.file],
      "link",
    );
  }
  const built: Tool = {
    ...tool,
    origin: "built from Go modules",
    reason: `the official download failed (${official.failed})`,
  };
  return context.progress.step(`Build the Hetzner plugin ${HCLOUD_VERSION} from Go modules`, (note) =>
    goBuild(
      { module: toolchainModule, main: `./${NAME}`, define: { "main.version": HCLOUD_VERSION }, context, note },
      (program) => store.put(NAME, key, built, [program], "move"),
    ),
  );
}

async function downloadOfficial(
  store: ToolStore,
  cli: Tool,
  { progress, signal }: SetupContext,
): Promise<{ file: string } | { failed: string }> {
  // Where the CLI could not be downloaded, its own attempts at a plugin would only take time.
  if (cli.origin === "built from Go modules") return { failed: "as that of the Pulumi CLI did" };
  const home = join(fleetDir, "pulumi", "home");
  const env = { ...process.env, PULUMI_HOME: home, PULUMI_SKIP_UPDATE_CHECK: "true" };
  try {
    await progress.step(`Download the Hetzner plugin ${HCLOUD_VERSION}`, () =>
      run(join(store.bin, "pulumi"), ["plugin", "install", "resource", "hcloud", HCLOUD_VERSION], {
        env,
        signal: within(OFFICIAL_SECONDS, signal),
      }).catch(failBriefly),
    );
    return { file: join(home, "plugins", `resource-hcloud-v${HCLOUD_VERSION}`, NAME) };
  } catch (error) {
    signal.throwIfAborted();
    return { failed: (error as Error).message };
  }
}
