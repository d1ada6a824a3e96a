import { createHash } from "node:crypto";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { findOnPath } from "./find-on-path.ts";
import { cacheDir } from "./paths.ts";
import { run, within } from "./run.ts";
import { unzip } from "./unzip.ts";
import { isOlder, parseVersion, showVersion, type Version } from "./version.ts";

/** What go.mod of the toolchain asks for. */
const WANTED: Version = [1, 26, 4];

/**
 * The Go that is fetched where there is none, or only an older one: the module that Go itself would fetch as its newer toolchain.
 * `sha256` is of the module proxy's archive.
 */
const FETCHED = {
  version: "1.26.8",
  sha256: {
    "linux-x64": "30c2b1bf7dcc88d3eb0a1364e47ddd9128edb3110a30e8a0ef61cd5856b31de7",
    "linux-arm64": "02b36b6787b3ac767668f630e2998df45a3b1f9ffee08d1bf3ef6487cd658d99",
    "darwin-x64": "fe99a2009e5bb51e06d7784f1a486478673512041c2671157bd382806e2aedcf",
    "darwin-arm64": "0aad5fb52b88498885290178adc0bcfe429bc63012621af9f83282eb640bd9c7",
  } as Record<string, string>,
};

const DEFAULT_PROXY = "https://proxy.golang.org";
const FETCH_SECONDS = 300;

/** The folder of a fetched Go, whether it is there or not. */
const fetchedRoot = join(cacheDir, `go-${FETCHED.version}`);

const platform = `${process.platform}-${process.arch}`;

/** The version of Go that can be fetched for this machine. */
export const fetchedGo = (): string | undefined => (platform in FETCHED.sha256 ? FETCHED.version : undefined);

/** A Go that can build the toolchain: the one on PATH, or one fetched earlier. */
export async function findGo(): Promise<{ path: string; version: string } | undefined> {
  for (const path of [await findOnPath("go"), join(fetchedRoot, "bin/go")]) {
    const version = path && await run(path, ["version"], { env: { ...process.env, GOTOOLCHAIN: "local" } }).then(parseVersion).catch(() => undefined);
    if (path && version && !isOlder(version, WANTED)) return { path, version: showVersion(version) };
  }
  return undefined;
}

/**
 * The path of a Go that can build the toolchain; fetches one into the cache if there is none.
 * @throws Error naming what to install when none can be had.
 */
export async function ensureGo({ signal, note }: { signal?: AbortSignal; note: (text: string) => void }): Promise<string> {
  const found = await findGo();
  if (found) return found.path;
  try {
    note(`fetching Go ${FETCHED.version}`);
    await fetchGo(within(FETCH_SECONDS, signal));
    return join(fetchedRoot, "bin/go");
  } catch (error) {
    throw new Error(`no Go ${showVersion(WANTED)} or newer on PATH, and none could be fetched (${(error as Error).message}). ` +
      `Install Go ${showVersion(WANTED)} or newer from https://go.dev/dl and put it on PATH`);
  }
}

async function fetchGo(signal: AbortSignal): Promise<void> {
  const wanted = FETCHED.sha256[platform];
  if (!wanted) throw new Error(`no Go is pinned for ${platform}`);

  const name = `v0.0.1-go${FETCHED.version}.${platform.replace("x64", "amd64")}`;
  const archive = await download(`${moduleProxy()}/golang.org/toolchain/@v/${name}.zip`, signal);
  const sha256 = createHash("sha256").update(archive).digest("hex");
  if (sha256 !== wanted) throw new Error(`the archive of Go ${FETCHED.version} has SHA-256 ${sha256}, pinned is ${wanted}`);

  const part = `${fetchedRoot}.part`;
  await rm(part, { recursive: true, force: true });
  await mkdir(cacheDir, { recursive: true });
  await unzip(archive, part, { prefix: `golang.org/toolchain@${name}/`, executable: (path) => /^(bin|pkg\/tool)\//.test(path) });
  await rm(fetchedRoot, { recursive: true, force: true });
  await rename(part, fetchedRoot);
}

/** The first proxy that Go itself would ask. */
const moduleProxy = (): string =>
  (process.env.GOPROXY ?? "").split(/[,|]/).find((entry) => /^https?:/.test(entry))?.replace(/\/$/, "") ?? DEFAULT_PROXY;

async function download(url: string, signal: AbortSignal): Promise<Buffer> {
  try {
    const reply = await fetch(url, { signal });
    if (!reply.ok) throw new Error(`HTTP ${reply.status}`);
    return Buffer.from(await reply.arrayBuffer());
  } catch (error) {
    const { message, cause } = error as Error;
    throw new Error(`${new URL(url).host}: ${cause instanceof Error ? cause.message : message}`);
  }
}
