import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, glob, mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { distributionSources, readAptSources, type AptSource } from "./apt-sources.ts";
import { withLock } from "../../setup/lock.mjs";
import { recipe, recipeHash } from "./recipe.ts";
import { CommandError, run } from "./run.ts";

const SCRIPT = join(import.meta.dirname, "image.sh");

/** Told what long work is at, in a few words. */
export type Progress = (step: string) => void;

/**
 * The root file system that all lab machines share: found in `cache`, or built there by the recipe. A build that was
 * interrupted leaves nothing that a later one would take for an image; of two builds at the same time one waits for the
 * other.
 * @returns its path
 * @throws CommandError with the last lines of the step that failed.
 */
export async function ensureImage(options: {
  cache: string;
  progress: Progress;
  signal?: AbortSignal;
}): Promise<string> {
  const source = await packageSource();
  const image = await imagePath(options.cache, source);
  if (existsSync(image)) return image;
  return withLock(join(options.cache, "image.lock"), async () => {
    if (existsSync(image)) return image;
    await removeOthers(options.cache);
    await build(image, source, options);
    return image;
  });
}

/** The image of today's recipe, if it was built. @throws Error where none can be: no Debian, no Ubuntu. */
export async function findImage(cache: string): Promise<string | undefined> {
  const image = await imagePath(cache, await packageSource());
  return existsSync(image) ? image : undefined;
}

const imagePath = async (cache: string, source: PackageSource): Promise<string> =>
  join(cache, `image-${recipeHash(recipe, [source, await readFile(SCRIPT, "utf8")])}`);

interface PackageSource {
  codename: string;
  /** The distribution's archives that apt on this machine uses; none lets debootstrap use its own default. */
  archives: AptSource[];
}

async function packageSource(): Promise<PackageSource> {
  const release = await readFile("/etc/os-release", "utf8");
  const codename = /^VERSION_CODENAME=(\S+)$/m.exec(release)?.[1];
  if (!codename)
    throw new Error(
      "/etc/os-release has no VERSION_CODENAME: the lab's machines need a Debian or Ubuntu release to be built from",
    );
  return { codename, archives: distributionSources(await readAptSources(), codename) };
}

/** Images of older recipes that no machine was begun on, and what interrupted builds left. */
async function removeOthers(cache: string): Promise<void> {
  const inUse = new Set<string>();
  for await (const path of glob(join(dirname(cache), "lab/*/machines/*/machine.json"))) {
    inUse.add((JSON.parse(await readFile(path, "utf8")) as { image: string }).image);
  }
  const others = (await readdir(cache)).filter((name) => /^(image|part)-/.test(name)).map((name) => join(cache, name));
  await Promise.all(
    others.filter((path) => !inUse.has(path)).map((path) => rm(path, { recursive: true, force: true })),
  );
}

async function build(
  image: string,
  source: PackageSource,
  options: { cache: string; progress: Progress; signal?: AbortSignal },
): Promise<void> {
  const part = await mkdtemp(join(options.cache, "part-"));
  try {
    const given = join(part, "given"),
      target = join(part, "root");
    await writeGiven(given, source);
    await runBuild(target, given, options);
    await rename(target, image);
  } finally {
    await rm(part, { recursive: true, force: true });
  }
}

/** Writes what image.sh reads. */
async function writeGiven(folder: string, source: PackageSource): Promise<void> {
  const main = source.archives.find((a) => a.suite === source.codename);
  const keyOf = (a: AptSource) => (a.signedBy ? ` [signed-by=/run/build/apt/${basename(a.signedBy)}]` : "");
  const archiveLine = (a: AptSource) => `deb${keyOf(a)} ${a.uri} ${a.suite} ${a.components.join(" ")}\n`;
  const files: Record<string, string> = {
    mirror: main?.uri ?? "",
    suite: source.codename,
    components: (main?.components ?? ["main"]).join(","),
    keyring: main?.signedBy ?? "",
    packages: recipe.packages.join("\n"),
    repository: recipe.repository.join("\n"),
    masked: recipe.masked.join("\n"),
    "dpkg.cfg": ["force-unsafe-io", ...recipe.leftOut.map((path) => `path-exclude=${path}`), ""].join("\n"),
    "apt/apt.conf":
      `${await hostAptSettings()}Dir::Etc::sourcelist "/run/build/apt/sources.list";\n` +
      `Dir::Etc::sourceparts "-";\nAcquire::Languages "none";\n`,
    ...(source.archives.length ? { "apt/sources.list": source.archives.map(archiveLine).join("") } : {}),
    ...Object.fromEntries(Object.entries(recipe.files).map(([path, text]) => [`files${path}`, text])),
  };
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  const copied = [...new Set(source.archives.flatMap((a) => a.signedBy ?? [])), "/etc/ssl/certs/ca-certificates.crt"];
  for (const path of copied) if (existsSync(path)) await copyFile(path, join(folder, "apt", basename(path)));
}

/** How apt on this machine reaches its archives: proxies, certificates and the like. */
async function hostAptSettings(): Promise<string> {
  const dump = await run("apt-config", ["dump", "Acquire"]);
  const kept = dump.split("\n").filter((line) => /^Acquire::(https?::|Check-)\S* ".+";$/.test(line));
  return [...kept, 'Acquire::https::CaInfo "/run/build/apt/ca-certificates.crt";', ""].join("\n");
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
    stdio: ["ignore", "pipe", "pipe"],
    signal: options.signal,
    killSignal: "SIGKILL",
  });
  let errors = "";
  child.stderr.on("data", (chunk) => {
    errors += chunk;
  });
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (line.startsWith("step: ")) options.progress(line.slice(6));
  });
  await new Promise<void>((resolve, reject) => {
    // Not before it has ended may its folder be removed, also when it was told to by the signal.
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
