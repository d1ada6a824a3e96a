// The first thing that runs: plain JavaScript for Node 20 and later, on a clone that has no modules yet.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { delimiter, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { withLock } from "./lock.mjs";
import { progress } from "./progress.mjs";

const OLDEST_NODE = { linux: 20, other: 24 };
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];
const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

/**
 * Sees to the Node modules, then runs a TypeScript file of this repository under the Node that package.json pins, as if
 * it had been called.
 */
export async function runUnderPinnedNode(script, args, prepare = ensureModules) {
  try {
    requireNode(process.versions.node);
    await prepare(root);
  } catch (error) {
    console.error(error.message);
    process.exit(error.exitCode ?? 1);
  }
  const path = [join(root, "node_modules/.bin"), join(root, ".fleet/bin"), process.env.PATH].join(delimiter);
  const env = { ...process.env, PATH: path, NODE_COMPILE_CACHE: join(root, ".fleet/cache/node") };
  handOver(spawn(pinnedNode(root), [join(root, script), ...args], { stdio: "inherit", env }));
}

/**
 * For Linux package-lock.json has one, by its hash; elsewhere the one that runs this goes on. The real program, not the
 * link beside it: one process less.
 */
const pinnedNode = (folder) =>
  process.platform === "linux" ? join(folder, `node_modules/node-linux-${process.arch}/bin/node`) : process.execPath;

export function requireNode(version, platform = process.platform) {
  const oldest = platform === "linux" ? OLDEST_NODE.linux : OLDEST_NODE.other;
  if (Number(version.split(".")[0]) < oldest)
    throw new Error(
      `fleet needs Node ${oldest} or newer to start, this is ${version}: install one from https://nodejs.org`,
    );
}

/** This process is now only the child's door: signals go in, the exit code comes out. */
function handOver(child) {
  // Ctrl-C on a terminal reaches the child by itself; sent on, it would arrive twice.
  const onTerminal = process.stdin.isTTY || process.stderr.isTTY;
  process.on("SIGINT", () => {
    if (!onTerminal) child.kill("SIGINT");
  });
  for (const name of ["SIGTERM", "SIGHUP"]) process.on(name, () => child.kill(name));
  child.on("error", (error) => {
    console.error(
      `${child.spawnfile} could not be started: ${error.message}. Delete node_modules and run the same command again`,
    );
    process.exit(1);
  });
  child.on("exit", (code, signal) => {
    if (!signal) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

/** Makes node_modules match package-lock.json. `install` is what fills it. */
export async function ensureModules(folder, install = npmCi) {
  if (await isCurrent(folder)) return;
  const onWait = () => progress.say("… waiting for another set-up to install the Node modules");
  await withLock(
    join(folder, ".fleet/modules.lock"),
    async () => {
      if (await isCurrent(folder)) return;
      if (!(await isInstalledByHand(folder)))
        await progress.step("Install the Node modules (npm ci)", () => install(folder));
      if (!existsSync(pinnedNode(folder)))
        throw new Error(
          `npm did not install Node (${pinnedNode(folder)} is missing). Let npm install optional packages ` +
            "(npm config get omit must not say optional) and run `npm ci`; there is one for x64 and for arm64",
        );
      await writeFile(stampPath(folder), await lockHash(folder));
    },
    { onWait },
  );
}

/** For a job that holds secrets: it installs nothing. */
export async function requireModules(folder) {
  if (!(await isCurrent(folder)) && !(await isInstalledByHand(folder)))
    throw new Error(
      "The Node modules are not those of package-lock.json. `node src/ci/ci.mjs modules` installs them, in a step of " +
        "its own that is given no secrets.",
    );
}

/**
 * Inside node_modules, so that whatever deletes that deletes it too; written last, so that an interrupted installation
 * is not taken for a whole one.
 */
const stampPath = (folder) => join(folder, "node_modules/.fleet-lock-hash");

const lockHash = async (folder) =>
  createHash("sha256")
    .update(await readFile(join(folder, "package-lock.json")))
    .digest("hex");

async function isCurrent(folder) {
  const stamp = await readFile(stampPath(folder), "utf8").catch(() => undefined);
  return stamp !== undefined && stamp === (await lockHash(folder));
}

/**
 * Whether npm itself, called by a person, has installed just what package-lock.json names: its own record of
 * node_modules says so, written when it ends.
 */
async function isInstalledByHand(folder) {
  const [wanted, installed] = await Promise.all(
    ["package-lock.json", "node_modules/.package-lock.json"].map((file) =>
      readFile(join(folder, file), "utf8")
        .then((text) => JSON.parse(text).packages)
        .catch(() => undefined),
    ),
  );
  return (
    installed !== undefined &&
    existsSync(pinnedNode(folder)) &&
    Object.entries(wanted).every(
      ([path, { integrity, optional }]) =>
        path === "" || (optional && !installed[path]) || installed[path]?.integrity === integrity,
    )
  );
}

function npmCi(folder) {
  // The modules' own programs, `node` among them, are about to be deleted.
  const own = join(folder, "node_modules/");
  const path = (process.env.PATH ?? "")
    .split(delimiter)
    .filter((entry) => !resolve(entry).startsWith(own))
    .join(delimiter);
  return new Promise((done, failed) => {
    // In a process group of its own: what npm has started ends with it.
    const child = spawn("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], {
      cwd: folder,
      env: { ...process.env, PATH: path },
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const output = [];
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => output.push(chunk));
    let interrupted = false;
    const stop = () => {
      interrupted = true;
      process.kill(-child.pid, "SIGKILL");
    };
    for (const name of SIGNALS) process.on(name, stop);
    child.on("error", (error) =>
      failed(new Error(`npm could not be started: ${error.message}. Install npm (it comes with Node)`)),
    );
    child.on("close", (code) => {
      for (const name of SIGNALS) process.off(name, stop);
      if (code === 0) done();
      else if (interrupted)
        failed(
          Object.assign(new Error("Set-up was interrupted; run the same command to do it again."), { exitCode: 130 }),
        );
      else failed(new Error(`\`npm ci\` in ${folder} failed:\n${Buffer.concat(output).toString().trimEnd()}`));
    });
  });
}
