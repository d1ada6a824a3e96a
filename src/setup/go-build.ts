import { mkdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import type { SetupContext } from "./context.ts";
import { ensureGo, goEnv } from "./go.ts";
import { cacheDir } from "./paths.ts";
import { run } from "./run.ts";

/** The module that pins the Pulumi CLI and the Hetzner plugin; the language host has one of its own beside it. */
export const toolchainModule = join(import.meta.dirname, "toolchain");

const moduleCache = join(cacheDir, "go-modules");
const buildCache = join(cacheDir, "go-build");

export interface GoBuild {
  /** The folder of go.mod. */
  module: string;
  /** The import path of one `main` package, or a path relative to the module. */
  main: string;
  /** Build tags. */
  tags?: readonly string[];
  /** Strings set when linking: "package.Variable" → value. */
  define?: Record<string, string>;
  context: SetupContext;
  /** Told how far it is. */
  note: (text: string) => void;
}

/**
 * Builds a program exactly as go.mod and go.sum pin it. Only under the toolchain's lock.
 * @param take moves the finished program to where it belongs; until then nothing has changed
 * @throws Error with the compiler's last lines, or naming what to install when there is no Go.
 */
export async function goBuild<T>(
  { module, main, tags = [], define = {}, context, note }: GoBuild,
  take: (program: string) => Promise<T>,
): Promise<T> {
  const go = await ensureGo(context, note);
  const work = join(cacheDir, `go-out-${basename(main)}`);
  await rm(work, { recursive: true, force: true }); // of a run that was killed
  const [out, temporary] = [join(work, "out"), join(work, "tmp")];
  for (const folder of [out, temporary]) await mkdir(folder, { recursive: true });
  try {
    const variables = Object.entries(define).map(([name, value]) => ` -X ${name}=${value}`);
    // -w drops the debugging data anyway; not making it saves a tenth of the time.
    const args = [
      "build",
      "-v",
      "-gcflags",
      "all=-dwarf=false",
      "-tags",
      tags.join(","),
      "-ldflags",
      `-s -w${variables.join("")}`,
      "-o",
      `${out}/`,
      main,
    ];
    await run(go, args, { cwd: module, env: buildEnv(temporary), signal: context.signal, onLine: counter(note) });
    return await take(join(out, basename(main)));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/**
 * Frees some gigabytes: after a build nothing needs the modules and compiled packages until a pinned version changes.
 */
export async function dropGoCaches(): Promise<void> {
  await Promise.all([moduleCache, buildCache].map((folder) => rm(folder, { recursive: true, force: true })));
}

/** A user's own Go settings must not change what is built, nor the build fill their caches. */
const buildEnv = (temporary: string): NodeJS.ProcessEnv => ({
  ...goEnv(),
  GOROOT: undefined,
  CGO_ENABLED: "0",
  GOWORK: "off",
  GOFLAGS: "-mod=readonly -trimpath -buildvcs=false -modcacherw",
  GOMODCACHE: moduleCache,
  GOCACHE: buildCache,
  GOTMPDIR: temporary,
});

/** Go says a line for every module and every package; a person wants to see that it gets on. */
function counter(note: (text: string) => void): (line: string) => void {
  let modules = 0,
    packages = 0;
  return (line) => {
    if (line.startsWith("go: downloading ")) note(`${++modules} modules downloaded`);
    else if (/^[\w./-]+$/.test(line)) note(`${++packages} packages compiled`);
  };
}
