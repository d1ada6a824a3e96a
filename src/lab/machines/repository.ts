import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { copyFile, link, mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { DebianRelease } from "../../model/platform.ts";
import { withLock } from "../../setup/lock.mjs";
import { archivesFor, aptSettings, sourcesList } from "./package-source.ts";
import { run, type Progress } from "./run.ts";

/** Where everything lies that was fetched for machines of an image, and goes with it. */
export const packagesFolder = (image: string): string =>
  join(dirname(image), basename(image).replace(/^image-/, "packages-"));

/**
 * A package repository for machines of one image: the packages that are asked for and all that they need besides what
 * the image has. Found beside the image, or fetched there; what an earlier one had is not fetched again. A package that
 * Debian does not have is left out: the machine that asks for it is told so by its own apt.
 * @returns the folder, with an index as apt reads it
 * @throws CommandError when an archive can't be reached
 */
export async function ensureRepository(options: {
  release: DebianRelease;
  image: string;
  packages: readonly string[];
  /** Package files of this project's own making, which are offered besides. They change with their names. */
  own?: readonly string[];
  progress: Progress;
  signal?: AbortSignal;
}): Promise<string> {
  const { own = [] } = options;
  const isOwn = (name: string) => own.some((file) => basename(file).startsWith(`${name}_`));
  const names = [...new Set(options.packages)].filter((name) => !isOwn(name)).sort();
  const folder = packagesFolder(options.image);
  const contents = [...names, ...own.map((file) => basename(file))].join("\n");
  const hash = createHash("sha256").update(contents).digest("hex").slice(0, 12);
  const repository = join(folder, `repository-${hash}`);
  if (existsSync(repository)) return repository;
  return withLock(join(folder, "lock"), async () => {
    if (existsSync(repository)) return repository;
    for (const name of await readdir(folder))
      if (name.startsWith("part-")) await rm(join(folder, name), { recursive: true });
    const part = await mkdtemp(join(folder, "part-"));
    try {
      if (names.length > 0) await fetchInto(part, folder, names, options);
      for (const file of own) await linkOrCopy(file, join(part, basename(file)));
      await writeIndex(part);
      await rename(part, repository);
    } finally {
      await rm(part, { recursive: true, force: true });
    }
    return repository;
  });
}

/**
 * Lets machines see a repository in a folder that they see already: files are added, and the index comes last, so that
 * an apt which runs meanwhile finds whatever it has read of.
 */
export async function offerRepository(repository: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const there = new Set(await readdir(folder));
  for (const name of await readdir(repository)) {
    if (name !== INDEX && !there.has(name)) await linkOrCopy(join(repository, name), join(folder, name));
  }
  // A copy, so that its time says when it came, by which apt knows that it is another.
  await copyFile(join(repository, INDEX), join(folder, `${INDEX}.new`));
  await rename(join(folder, `${INDEX}.new`), join(folder, INDEX));
}

const INDEX = "Packages";

async function fetchInto(
  part: string,
  folder: string,
  names: string[],
  { release, image, progress, signal }: Parameters<typeof ensureRepository>[0],
): Promise<void> {
  const apt = await aptFor(folder, image, release, signal);
  progress("lists of packages");
  await apt("update");
  const install = async (wanted: string[]): Promise<string[]> => {
    const shown = await apt("--print-uris", "-o", `Dir::Cache::archives=${join(folder, "none")}`, "install", ...wanted);
    progress(`packages: ${wanted.join(", ")}`);
    await apt("--download-only", "install", ...wanted);
    return [...shown.matchAll(/^'\S+' (\S+\.deb) /gm)].map((match) => match[1]!);
  };
  const files = await install(names).catch(async (error) => {
    signal?.throwIfAborted();
    // Packages of two machines may exclude one another, or one is none of Debian's.
    const known = await apt("pkgnames").then((text) => new Set(text.split("\n")));
    if (names.length === 1 && known.has(names[0]!)) throw error;
    const each: string[] = [];
    for (const name of names) if (known.has(name)) each.push(...(await install([name])));
    return each;
  });
  for (const file of new Set(files)) await linkOrCopy(join(folder, "archives", file), join(part, file));
}

/** apt of this computer, which takes the image for the system that it installs into, and writes beside the image only. */
async function aptFor(folder: string, image: string, release: DebianRelease, signal: AbortSignal | undefined) {
  await mkdir(join(folder, "lists/partial"), { recursive: true });
  await mkdir(join(folder, "archives/partial"), { recursive: true });
  const settings = {
    "Dir::State": folder,
    "Dir::State::status": join(image, "var/lib/dpkg/status"),
    "Dir::Cache": folder,
    "Dir::Etc::sourcelist": join(folder, "sources.list"),
    "Dir::Etc::sourceparts": "/dev/null",
    "Dir::Etc::parts": "/dev/null",
    "Dir::Etc::main": "/dev/null",
    "APT::Sandbox::User": "root",
    "APT::Install-Recommends": "false",
    "APT::Get::Assume-Yes": "true",
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} ${JSON.stringify(value)};\n`);
  await writeFile(join(folder, "apt.conf"), (await aptSettings()) + lines.join(""));
  await writeFile(
    join(folder, "sources.list"),
    sourcesList(await archivesFor(release), (path) => path),
  );
  const env = { ...process.env, LC_ALL: "C.UTF-8", APT_CONFIG: join(folder, "apt.conf") };
  return (...args: string[]): Promise<string> =>
    run(args[0] === "pkgnames" ? "apt-cache" : "apt-get", ["-q", ...args], { env, signal });
}

/** Writes the index of a folder's packages. */
async function writeIndex(folder: string): Promise<void> {
  let index = "";
  for (const name of (await readdir(folder)).sort()) {
    const path = join(folder, name);
    const control = await run("dpkg-deb", ["--field", path]);
    const [{ size }, sum] = [await stat(path), await sha256(path)];
    index += `${control.trimEnd()}\nFilename: ./${name}\nSize: ${size}\nSHA256: ${sum}\n\n`;
  }
  await writeFile(join(folder, INDEX), index);
}

async function sha256(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

/** A second name for a file; a copy where that is on another file system. */
const linkOrCopy = (from: string, to: string): Promise<void> => link(from, to).catch(() => copyFile(from, to));
