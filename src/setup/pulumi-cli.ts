import { dirname, join } from "node:path";
import { findOnPath, isExecutable } from "./find-on-path.ts";
import { goBuild, toolchainModule } from "./go-build.ts";
import { fleetDir } from "./paths.ts";
import { PULUMI_VERSION, wantedPulumi } from "./pins.ts";
import { failBriefly, run, within } from "./run.ts";
import { keyOf, type Tool, type ToolStore } from "./tool.ts";
import { fits, parseVersion, showVersion } from "./version.ts";
import type { SetupContext } from "./context.ts";

const NAME = "pulumi";
const LANGUAGE_HOST = "pulumi-language-nodejs";
const OFFICIAL_SECONDS = 300;
const hostModule = join(toolchainModule, "nodejs-host");

/** The CLI on the user's own PATH: taken, or why not. */
export type OnPath = { path: string; languageHost: string; version: string } | { unfit: string };

/** A CLI is taken from PATH when its version fits and it can run Node.js programs. */
export async function pulumiOnPath(folders?: string[]): Promise<OnPath> {
  const path = await findOnPath(NAME, folders);
  if (!path) return { unfit: "none is on PATH" };
  const version = parseVersion(
    await run(path, ["version"], { env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" } }).catch(() => ""),
  );
  if (!version) return { unfit: `${path} does not say its version` };
  if (!fits(version, wantedPulumi))
    return {
      unfit: `${path} is ${showVersion(version)} and ${PULUMI_VERSION} or a newer ${wantedPulumi[0]}.x is needed`,
    };
  const beside = join(dirname(path), LANGUAGE_HOST);
  const languageHost = (await isExecutable(beside)) ? beside : await findOnPath(LANGUAGE_HOST, folders);
  return languageHost
    ? { path, languageHost, version: showVersion(version) }
    : { unfit: `${path} has no ${LANGUAGE_HOST}` };
}

/** Changes when the pinned version or anything that it is built from does. */
const pulumiKey = (): Promise<string> =>
  keyOf(
    [PULUMI_VERSION],
    [toolchainModule, hostModule].flatMap((folder) => [join(folder, "go.mod"), join(folder, "go.sum")]),
  );

/** The CLI that is ready: from PATH if it fits, else cached. Changes nothing. */
export async function findPulumi(store: ToolStore, onPath: OnPath): Promise<Tool | undefined> {
  const cached = await store.find(NAME, await pathKey(onPath));
  return cached && (cached.origin === "from PATH" || "unfit" in onPath) ? cached : undefined;
}

const pathKey = async (onPath: OnPath): Promise<string> =>
  "unfit" in onPath ? pulumiKey() : `${onPath.path} ${onPath.version}`;

/**
 * Puts the CLI and its Node.js language host into the store: those on PATH, else the official download, else built from
 * Go modules.
 * @throws Error that says why each of them was impossible and what to install.
 */
export async function ensurePulumi(store: ToolStore, context: SetupContext): Promise<Tool> {
  const onPath = await pulumiOnPath();
  const found = await findPulumi(store, onPath);
  if (found) return found;
  const tool = { label: "Pulumi CLI", version: PULUMI_VERSION, cached: false };
  if (!("unfit" in onPath)) {
    const taken: Tool = {
      ...tool,
      version: onPath.version,
      origin: "from PATH",
      reason: `${onPath.path} fits ${PULUMI_VERSION}`,
    };
    return store.put(NAME, await pathKey(onPath), taken, [onPath.path, onPath.languageHost], "link");
  }

  const key = await pulumiKey();
  const official = await downloadOfficial(context);
  if (!("failed" in official))
    return store.put(NAME, key, { ...tool, origin: "official download", reason: onPath.unfit }, official.files, "link");

  const reason = `${onPath.unfit} and the official download failed (${official.failed})`;
  try {
    return await build(context, (files) =>
      store.put(NAME, key, { ...tool, origin: "built from Go modules", reason }, files, "move"),
    );
  } catch (error) {
    throw new Error(
      `There is no Pulumi CLI: ${reason}, and building it failed: ${(error as Error).message}\n` +
        `Install Pulumi ${PULUMI_VERSION} (https://www.pulumi.com/docs/install) and put it on PATH, ` +
        "or mend the above; then run the same command again.",
      { cause: error },
    );
  }
}

async function downloadOfficial({ progress, signal }: SetupContext): Promise<{ files: string[] } | { failed: string }> {
  const folder = join(fleetDir, "pulumi", PULUMI_VERSION);
  try {
    await progress.step(`Download the Pulumi CLI ${PULUMI_VERSION}`, () =>
      run(process.execPath, [join(import.meta.dirname, "official-cli.ts"), folder], {
        signal: within(OFFICIAL_SECONDS, signal),
      }).catch(failBriefly),
    );
    return { files: [NAME, LANGUAGE_HOST].map((name) => join(folder, "bin", name)) };
  } catch (error) {
    signal.throwIfAborted();
    return { failed: (error as Error).message };
  }
}

/** The CLI, then its language host, whose own module pins the last version that is published as one. */
async function build(context: SetupContext, take: (files: string[]) => Promise<Tool>): Promise<Tool> {
  const cli = {
    module: toolchainModule,
    main: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    define: { "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": `v${PULUMI_VERSION}` },
  };
  const host = { module: hostModule, main: `github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/${LANGUAGE_HOST}` };
  return context.progress.step(`Build the Pulumi CLI ${PULUMI_VERSION} from Go modules`, (note) =>
    goBuild({ ...host, context, note: (text) => note(`language host, ${text}`) }, (hostProgram) =>
      goBuild({ ...cli, context, note }, (cliProgram) => take([cliProgram, hostProgram])),
    ),
  );
}
