import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, glob, mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { DebianRelease } from "../../model/platform.ts";
import { withLock } from "../../setup/lock.mjs";
import type { AptSource } from "./apt-sources.ts";
import { archivesFor, aptSettings, sourcesList, suites } from "./package-source.ts";
import { packagesFolder } from "./repository.ts";
import { recipe, recipeHash } from "./recipe.ts";
import { CommandError, type Progress } from "./run.ts";

const SCRIPT = join(import.meta.dirname, "image.sh");

export interface ImageOptions {
  release: DebianRelease;
  cache: string;
  progress: Progress;
  signal?: AbortSignal;
}

/**
 * The root file system that all lab machines of a release share: found in `cache`, or built there by the recipe. A
 * build that was interrupted leaves nothing that a later one would take for an image; of two builds at the same time
 * one waits for the other.
 * @returns its path
 * @throws CommandError with the last lines of the step that failed.
 */
export async function ensureImage(options: ImageOptions): Promise<string> {
  const archives = await archivesFor(options.release);
  const image = await imagePath(options, archives);
  if (existsSync(image)) return image;
  return withLock(join(options.cache, "image.lock"), async () => {
    if (existsSync(image)) return image;
    await removeOthers(options);
    await build(image, archives, options);
    return image;
  });
}

/** The image of a release by today's recipe, if it was built. */
export async function findImage(cache: string, release: DebianRelease): Promise<string | undefined> {
  const image = await imagePath({ cache, release }, await archivesFor(release));
  return existsSync(image) ? image : undefined;
}

async function imagePath({ cache, release }: Pick<ImageOptions, "cache" | "release">, archives: AptSource[]) {
  const hash = recipeHash(recipe, [suites[release], archives, await readFile(SCRIPT, "utf8")]);
  return join(cache, `image-${suites[release]}-${hash}`);
}

/**
 * Images of the release by older recipes that no machine was begun on, the packages that were fetched for them, and
 * what interrupted builds left.
 */
async function removeOthers({ cache, release }: ImageOptions): Promise<void> {
  const inUse = new Set<string>();
  // Machines of snapshots stand on an image as well, by whatever path it had where they were saved.
  for await (const path of glob(join(dirname(cache), "{lab/*,snapshots/*/*}/machines/*/machine.json"))) {
    inUse.add(basename((JSON.parse(await readFile(path, "utf8")) as { image: string }).image));
  }
  // An image that names no release is from before there were several.
  const old = new RegExp(`^(part-|image-(${suites[release]}-)?[0-9a-f]+$)`);
  const others = (await readdir(cache)).filter((name) => old.test(name) && !inUse.has(name));
  const paths = others.map((name) => join(cache, name)).flatMap((path) => [path, packagesFolder(path)]);
  await Promise.all(paths.map((path) => rm(path, { recursive: true, force: true })));
}

async function build(image: string, archives: AptSource[], options: ImageOptions): Promise<void> {
  const part = await mkdtemp(join(options.cache, "part-"));
  try {
    const given = join(part, "given"),
      target = join(part, "root");
    await writeGiven(given, archives, options.release);
    await runBuild(target, given, options);
    await rename(target, image);
  } finally {
    await rm(part, { recursive: true, force: true });
  }
}

/** Writes what image.sh reads. */
async function writeGiven(folder: string, archives: AptSource[], release: DebianRelease): Promise<void> {
  const [main] = archives;
  const files: Record<string, string> = {
    mirror: main!.uri,
    suite: suites[release],
    components: main!.components.join(","),
    keyring: main!.signedBy ?? "",
    packages: recipe.packages.join("\n"),
    masked: recipe.masked.join("\n"),
    "dpkg.cfg": ["force-unsafe-io", ...recipe.leftOut.map((path) => `path-exclude=${path}`), ""].join("\n"),
    "apt/apt.conf": [
      await aptSettings(),
      'Acquire::https::CaInfo "/run/build/apt/ca-certificates.crt";',
      'Dir::Etc::sourcelist "/run/build/apt/sources.list";',
      'Dir::Etc::sourceparts "-";',
      "",
    ].join("\n"),
    "apt/sources.list": sourcesList(archives, (path) => `/run/build/apt/${basename(path)}`),
    ...Object.fromEntries(Object.entries(recipe.files).map(([path, text]) => [`files${path}`, text])),
  };
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  const copied = [...new Set(archives.flatMap((a) => a.signedBy ?? [])), "/etc/ssl/certs/ca-certificates.crt"];
  for (const path of copied) if (existsSync(path)) await copyFile(path, join(folder, "apt", basename(path)));
}

/** Runs image.sh where its mounts are its own, so that they end with it, and it with us. */
async function runBuild(
  target: string,
  given: string,
  options: { progress: Progress; signal?: AbortSignal },
): Promise<void> {
  const command = [
    "unshare",
    "--mount",
    "--propagation",
    "slave",
    "--pid",
    "--fork",
    "--kill-child",
    "bash",
    SCRIPT,
    target,
    given,
  ];
  const child = spawn("setpriv", ["--pdeathsig", "KILL", ...command], {
    // The last one is for nobody to write to: whatever the build starts holds it open, so its end is the end of all.
    stdio: ["ignore", "pipe", "pipe", "pipe"],
    signal: options.signal,
    killSignal: "SIGKILL",
  });
  (child.stdio[3] as Readable).resume();
  let errors = "";
  child.stderr!.on("data", (chunk) => {
    errors += chunk;
  });
  createInterface({ input: child.stdout! }).on("line", (line) => {
    if (line.startsWith("step: ")) options.progress(line.slice(6));
  });
  await new Promise<void>((resolve, reject) => {
    // Not before all of it has ended may its folder be removed, also when it was told to by the signal.
    child.on("error", (error) => {
      errors += error.message;
    });
    child.on("close", (code) => {
      if (options.signal?.aborted) reject(new Error("building the machine image was interrupted"));
      else if (code === 0) resolve();
      else reject(new CommandError("building the machine image", code ?? undefined, errors));
    });
  });
}
