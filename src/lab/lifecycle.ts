import { spawn } from "node:child_process";
import { mkdir, open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { withLock } from "../setup/lock.mjs";
import { cacheDir } from "../setup/paths.ts";
import { pythonWith } from "../setup/python.ts";
import { progress as display, type Progress } from "../setup/progress.mjs";
import { MOTO_REQUIREMENTS } from "./clouds/aws/moto.ts";
import type { ActiveFault, FaultRule } from "./clouds/http/faults.ts";
import type { LoggedRequest } from "./clouds/http/log.ts";
import { ensureTailscalePackage } from "./clouds/tailscale/package.ts";
import { askLab, isUp } from "./control.ts";
import { DEFAULT_RELEASE, debianReleases } from "../model/platform.ts";
import { ensureImage } from "./machines/image.ts";
import type { Images } from "./machines/machines.ts";
import { findProcesses, sendSignal } from "./machines/processes.ts";
import { ensureRepository, offerRepository } from "./machines/repository.ts";
import { lastLines } from "./machines/run.ts";
import { sweep } from "./machines/sweep.ts";
import { labPaths, type LabPaths } from "./paths.ts";
import { requireLoadable, restore } from "./snapshots/load.ts";
import type { Snapshot } from "./snapshots/snapshot.ts";
import type { LabSpec, MachineAction } from "./types.ts";

const DAEMON = join(import.meta.dirname, "daemon.ts");
const START_SECONDS = 30;
const DOWN_SECONDS = 30;

/**
 * Makes sure that a stack's lab runs with all that the spec asks for. Quick when it does. What a killed daemon left
 * behind is cleared away first; what was half started is finished.
 * @throws Error when this machine can't run a lab, or a machine does not boot.
 */
export async function labUp(
  spec: LabSpec,
  { progress = display, signal }: { progress?: Progress; signal?: AbortSignal } = {},
): Promise<void> {
  requireLinuxAndRoot();
  const paths = labPaths(spec.stack);
  await withLock(paths.lock, async () => {
    const own = spec.tailnet ? [await ensureTailscalePackage({ progress, signal })] : [];
    const images = await supply(spec, own, paths, { progress, signal });
    if (spec.aws) await progress.step("Lab: moto, in the place of AWS", () => pythonWith(MOTO_REQUIREMENTS));
    if (!(await isUp(paths.socket))) await progress.step("Lab: start", () => startDaemon(spec.stack, paths));
    const machines = [...spec.staticHosts, ...spec.adoptedServers].map((m) => m.name);
    await progress.step(`Lab: boot ${machines.join(", ") || "nothing yet"}`, () =>
      askLab(paths.socket, "apply", { spec, images }),
    );
  });
}

/**
 * Ends a lab: nothing of it is left running, mounted or configured, also when its daemon had been killed. What its
 * machines and clouds have stored stays for the next time, unless it is to be forgotten.
 */
export async function labDown(stack: string, { forget = false }: { forget?: boolean } = {}): Promise<void> {
  requireLinuxAndRoot();
  const paths = labPaths(stack);
  await withLock(paths.lock, async () => {
    // Whatever keeps the daemon from ending by itself, it is cleared away.
    const ended = askLab(paths.socket, "down", {}).catch(() => {});
    await Promise.race([ended, sleep(DOWN_SECONDS * 1000, undefined, { ref: false })]);
    await clear(stack, paths);
    if (forget) await rm(paths.folder, { recursive: true, force: true });
  });
}

/**
 * Puts a lab back to where it was saved, whatever became of it since, and brings it up.
 * @throws Error when there is no such snapshot, or it can't be brought up; in the first case the lab is left alone.
 */
export async function labLoad(
  stack: string,
  name: string,
  options: { progress?: Progress; signal?: AbortSignal } = {},
): Promise<Snapshot> {
  requireLinuxAndRoot();
  const paths = labPaths(stack);
  const snapshot = await requireLoadable(stack, name);
  const spec = await withLock(paths.lock, async () => {
    // What the lab has stored is given up: nothing has to be shut down in order.
    await clear(stack, paths);
    return restore(snapshot, paths);
  });
  await labUp(spec, options);
  return snapshot;
}

/** The last requests to the lab's clouds, oldest first. @throws LabDownError */
export const labLog = (stack: string, count = 200): Promise<LoggedRequest[]> =>
  askLab(labPaths(stack).socket, "log", { count });

/** Switches a fault of the clouds on, until it is cleared or has struck as often as it says. @throws LabDownError */
export const labFault = (stack: string, rule: FaultRule): Promise<ActiveFault> =>
  askLab(labPaths(stack).socket, "fault", rule);

/** Switches all faults off. @returns how many there were. @throws LabDownError */
export const labClearFaults = (stack: string): Promise<number> => askLab(labPaths(stack).socket, "clear-faults", {});

/**
 * Does something to a machine by hand: what it is to be is not asked, and a stopped one stays off. @throws LabDownError
 */
export const labMachine = async (stack: string, name: string, action: MachineAction): Promise<void> => {
  await askLab(labPaths(stack).socket, "machine", { name, action });
};

/**
 * Brings the images of the releases that a lab's machines have, and lets those that run, too, see what they may
 * install.
 */
async function supply(
  { packages = { [DEFAULT_RELEASE]: [] } }: LabSpec,
  own: string[],
  paths: LabPaths,
  { progress, signal }: { progress: Progress; signal?: AbortSignal },
): Promise<Images> {
  const images: Images = {};
  for (const release of debianReleases) {
    const names = packages[release];
    if (names === undefined) continue;
    const image = await progress.step(`Lab: image of Debian ${release}`, (note) =>
      ensureImage({ release, cache: cacheDir, progress: note, signal }),
    );
    const repository = await progress.step(`Lab: packages of Debian ${release}`, (note) =>
      ensureRepository({ release, image, packages: names, own, progress: note, signal }),
    );
    await offerRepository(repository, join(paths.packages, String(release)));
    images[release] = image;
  }
  return images;
}

/** Starts a daemon that outlives this process, and waits until it listens. */
async function startDaemon(stack: string, paths: LabPaths): Promise<void> {
  await clear(stack, paths);
  await mkdir(paths.folder, { recursive: true, mode: 0o700 });
  const log = await open(paths.log, "a", 0o600);
  const daemon = spawn(process.execPath, [DAEMON, stack], {
    cwd: paths.folder,
    detached: true,
    stdio: ["ignore", log.fd, log.fd],
    env: { ...process.env, NODE_COMPILE_CACHE: join(cacheDir, "node") },
  });
  await log.close();
  daemon.unref();
  const deadline = Date.now() + START_SECONDS * 1000;
  while (!(await isUp(paths.socket))) {
    if (daemon.exitCode !== null || Date.now() > deadline) {
      throw new Error(
        `the lab's daemon does not start; the end of ${paths.log}:\n` +
          lastLines(await readFile(paths.log, "utf8"), 15),
      );
    }
    await sleep(20);
  }
}

/** Removes whatever of a lab is still there, found by its names. */
async function clear(stack: string, paths: LabPaths): Promise<void> {
  for (const { pid } of daemonsOf(stack)) sendSignal(pid, "SIGKILL");
  while (daemonsOf(stack).length > 0) await sleep(20);
  await sweep(paths.id, paths.machines);
  await rm(paths.socket, { force: true });
}

/** Daemons of this stack in this checkout. */
const daemonsOf = (stack: string) =>
  findProcesses((args) => (args[1] === DAEMON && args[2] === stack ? true : undefined));

function requireLinuxAndRoot(): void {
  if (process.platform !== "linux")
    throw new Error(
      `the lab boots Linux machines and needs Linux (this is ${process.platform}); ` +
        "previews, renders and checks work without it",
    );
  if (process.getuid?.() !== 0)
    throw new Error(
      "the lab boots machines and needs root: run the command with sudo; previews, renders and checks work without it",
    );
}

export { labEnvironment, labStatus } from "./status.ts";
