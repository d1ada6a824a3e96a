import { ensureImage } from "../lab/machines/image.ts";
import { DEFAULT_RELEASE } from "../model/platform.ts";
import type { SetupContext } from "../setup/context.ts";
import { ensurePackages, labBlocker } from "../setup/debian.ts";
import { cacheDir } from "../setup/paths.ts";
import { progress } from "../setup/progress.mjs";
import { describeTool, type Tool } from "../setup/tool.ts";
import { ensureToolchain } from "../setup/toolchain.ts";

export interface SetupOptions {
  /** Also what local machines need: Debian packages and their image. */
  lab: boolean;
  /** Say which tools are used and why, also when nothing had to be done for it. */
  announce?: boolean;
}

/**
 * Brings everything that a command needs and that is not there yet, what is independent side by side. Quick when
 * nothing is missing; safe to interrupt and to run twice, also at the same time. Ctrl-C ends the process with exit code
 * 130.
 * @returns the tools in `.fleet/bin`
 * @throws Error naming what is missing and what to install.
 */
export async function ensureSetup({ lab, announce = false }: SetupOptions): Promise<Tool[]> {
  if (lab) await requireLab();
  return interruptible(async (signal) => {
    const context = { progress, signal };
    const [tools] = await both(ensureToolchain(context), lab ? ensureLab(context) : Promise.resolve());
    for (const tool of tools) if (announce || !tool.cached) progress.say(`  ${tool.label} ${describeTool(tool)}`);
    return tools;
  });
}

async function requireLab(): Promise<void> {
  const blocker = await labBlocker();
  if (blocker)
    throw new Error(
      `${blocker}. Without it \`fleet preview\` and everything that needs no machines still work; ` +
        `\`fleet doctor\` lists what is missing.`,
    );
}

async function ensureLab(context: SetupContext): Promise<void> {
  await ensurePackages(context);
  await context.progress.step("Build the lab's machine image", (note) =>
    ensureImage({ release: DEFAULT_RELEASE, cache: cacheDir, progress: note, signal: context.signal }),
  );
}

/** Lets both come to their end before failing: what one has finished is not lost by the other's failure. */
async function both<A, B>(a: Promise<A>, b: Promise<B>): Promise<[A, B]> {
  const results = await Promise.allSettled([a, b]);
  const failures = results.flatMap((result) =>
    result.status === "rejected" ? [(result.reason as Error).message] : [],
  );
  if (failures.length > 0) throw new Error(failures.join("\n\n"));
  return Promise.all([a, b]);
}

async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const exits = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
  let exitCode = 0;
  const listeners = Object.entries(exits).map(
    ([name, code]) =>
      [
        name,
        () => {
          exitCode = code;
          controller.abort(new Error("interrupted"));
        },
      ] as const,
  );
  for (const [name, listener] of listeners) process.on(name, listener);
  try {
    return await work(controller.signal);
  } catch (error) {
    if (exitCode === 0) throw error;
    progress.say("Set-up was interrupted. What is finished is kept; run the same command to go on.");
    return process.exit(exitCode);
  } finally {
    for (const [name, listener] of listeners) process.off(name, listener);
  }
}
