import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { open, rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { ensureCgroups, processesInCgroups, removeCgroups } from "./cgroup.ts";
import { findProcesses, isAlive, sendSignal } from "./processes.ts";

export interface Container {
  /** Unique on this machine. */
  id: string;
  hostName: string;
  /** The folder that the container's root file system is mounted at. */
  root: string;
  /** The folder that it sees, and can't change, as its package repository. */
  packages: string;
  /** Its path of a folder → the folder of this computer that it has there, outside of its root file system. */
  folders: Record<string, string>;
  /** What it writes to its console, and why it could not start. */
  consoleLog: string;
}

const MACHINE = "--machine=";

/** Starts the container again when it asks for a reboot, which nspawn reports by exit code 133. */
const SUPERVISOR =
  'for group in $CGROUPS; do echo $$ > "$group/cgroup.procs"; done; while "$@"; [ $? -eq 133 ]; do :; done';

/**
 * Boots systemd in the container, in a session of its own: it goes on when the process that started it ends. It may
 * change network settings (net.* of sysctl), which are its own; those that it would share with this machine it can't.
 */
export async function startContainer(container: Container): Promise<void> {
  const groups = await ensureCgroups(container.id);
  const console = await open(container.consoleLog, "w", 0o600);
  try {
    const child = spawn(
      "sh",
      [
        "-c",
        SUPERVISOR,
        "fleet-machine",
        "systemd-nspawn",
        "--quiet",
        "--directory",
        container.root,
        MACHINE + container.id,
        `--hostname=${container.hostName}`,
        `--network-namespace-path=/run/netns/${container.id}`,
        "--capability=CAP_NET_ADMIN",
        "--bind=/dev/net/tun",
        `--bind-ro=${container.packages}:/srv/apt`,
        ...(existsSync(SHARED_SETTING) ? [`--bind-ro=${SHARED_SETTING}`] : []),
        ...Object.entries(container.folders).map(([path, folder]) => `--bind=${folder}:${path}`),
        "--register=no",
        "--keep-unit",
        "--resolv-conf=off",
        "--timezone=off",
        "--link-journal=no",
        "--settings=no",
        "--console=pipe",
        "--boot",
      ],
      {
        stdio: ["ignore", console.fd, console.fd],
        detached: true,
        env: { PATH: process.env.PATH, CGROUPS: groups.join(" "), SYSTEMD_NSPAWN_API_VFS_WRITABLE: "network" },
      },
    );
    await new Promise<void>((resolve, reject) => child.once("spawn", resolve).once("error", reject));
    child.unref();
  } finally {
    await console.close();
  }
}

/** The setting below net.* that this computer would share with a container all the same: it may not change it. */
const SHARED_SETTING = "/proc/sys/net/netfilter/nf_hooks_lwtunnel";

/**
 * Shuts a container down the way its power button would; after `graceSeconds`, or at once when that is 0, pulls the
 * plug. Returns when none of its processes is left.
 */
export async function stopContainer(id: string, graceSeconds: number): Promise<void> {
  if (graceSeconds > 0) {
    const processes = processesOf(id);
    for (const process of processes.filter((p) => p.found.isNspawn)) sendSignal(process.pid, "SIGTERM");
    const deadline = Date.now() + graceSeconds * 1000;
    while (Date.now() < deadline && processes.some(({ pid }) => isAlive(pid))) await sleep(50);
  }
  const left = async () => [...processesOf(id).map((p) => p.pid), ...(await processesInCgroups(id))];
  for (let pids = await left(); pids.length > 0; pids = await left()) {
    for (const pid of pids) sendSignal(pid, "SIGKILL");
    await sleep(20);
  }
  await removeCgroups(id);
  // nspawn itself clears this away only when it ends by itself.
  await rm(`/run/systemd/nspawn/propagate/${id}`, { recursive: true, force: true });
}

export const isRunning = (id: string): boolean => processesOf(id).length > 0;

/** Ids of all containers of a lab that have processes. */
export function runningContainers(lab: string): Set<string> {
  const ids = containerProcesses().map((p) => p.found.id);
  return new Set(ids.filter((id) => id.startsWith(`${lab}-`)));
}

/** Supervisors and nspawn processes of all containers. */
const containerProcesses = () =>
  findProcesses((args) => {
    const id = args.find((arg) => arg.startsWith(MACHINE))?.slice(MACHINE.length);
    return id === undefined ? undefined : { id, isNspawn: args[0] === "systemd-nspawn" };
  });

const processesOf = (id: string) => containerProcesses().filter((p) => p.found.id === id);
