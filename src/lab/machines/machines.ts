import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DEFAULT_RELEASE, type DebianRelease, debianReleases } from "../../model/platform.ts";
import type { Machine, MachineSpec, Machines } from "../types.ts";
import { freezeCgroups, isFrozen } from "./cgroup.ts";
import { isRunning, runningContainers, startContainer, stopContainer } from "./container.ts";
import { Disk, type MachineRecord, type World } from "./disk.ts";
import { checkMachineName, machineId } from "./names.ts";
import { changePublicAddress, connectMachine, disconnectMachine } from "./network.ts";
import { lastLines } from "./run.ts";
import { reloadSshd, shownHostKey, sshdAnswers, sshdListens } from "./sshd.ts";
import type { SshHost } from "./ssh-config.ts";
import { addressIn, freeIndex } from "./subnet.ts";

const BOOT_SECONDS = 60;
const SHUTDOWN_SECONDS = 10;
/** How often a machine that does not answer is looked into. */
const ELSEWHERE_MS = 1000;

/** The image that machines of each release are begun on. */
export type Images = Partial<Record<DebianRelease, string>>;

/**
 * A lab's machines as real Debian systems: systemd in a container each, over the shared image of its release. What is running is asked
 * of the kernel each time, so a manager that starts anew takes over what an earlier one left.
 */
export class NspawnMachines implements Machines {
  /** What new machines are begun on. One of a release that is not here stands on the newest. */
  images: Images = {};
  /** What machines find in the lab instead of the world, from their next boot on. */
  world: World | undefined;
  readonly #lab: string;
  readonly #folder: string;
  readonly #subnet: string;
  readonly #packages: string;
  readonly #operatorKey: string | undefined;
  readonly #onChange: () => Promise<void>;
  readonly #queues = new Map<string, Promise<unknown>>();

  /**
   * @param options.folder where disks are kept
   * @param options.packages where package repositories are kept, each in the folder of its release
   * @param options.operatorKey a public key that may log in as root everywhere: the lab's own way in, like a provider's
   * console
   * @param options.onChange awaited whenever a machine is ready, or gone: before start(), create() or remove() returns
   */
  constructor(options: {
    lab: string;
    folder: string;
    subnet: string;
    packages: string;
    operatorKey?: string;
    onChange?: () => Promise<void>;
  }) {
    this.#lab = options.lab;
    this.#folder = options.folder;
    this.#subnet = options.subnet;
    this.#packages = options.packages;
    this.#operatorKey = options.operatorKey;
    this.#onChange = options.onChange ?? (async () => {});
  }

  async create(spec: MachineSpec): Promise<Machine> {
    checkMachineName(spec.name);
    await this.#inTurn(spec.name, async () => {
      if (await this.disk(spec.name).readRecord()) return;
      // Numbers are given out one at a time, whichever machines are created at once.
      await this.#inTurn("", async () => {
        const taken = (await this.records()).map((r) => r.index);
        const authorizedKeys = [...(this.#operatorKey ? [this.#operatorKey] : []), ...spec.authorizedKeys];
        await this.disk(spec.name).create({
          spec: { ...spec, authorizedKeys },
          index: freeIndex(taken),
          ...this.#imageFor(spec.release ?? DEFAULT_RELEASE),
        });
      });
    });
    return this.#find(spec.name);
  }

  /**
   * Boots a machine that is off, and returns when its sshd answers. @throws Error with the end of its console when it
   * does not.
   */
  async start(name: string): Promise<void> {
    await this.#inTurn(name, async () => {
      const record = await this.#record(name);
      const id = machineId(this.#lab, name),
        disk = this.disk(name);
      if (!isRunning(id)) {
        await stopContainer(id, 0);
        await disk.mount(record.image);
        if (this.world) await disk.showWorld(this.world);
        await connectMachine(this.#lab, name, {
          subnet: this.#subnet,
          index: record.index,
          publicAddress: record.spec.publicAddress,
        });
        await startContainer({
          id,
          hostName: name,
          root: disk.root,
          packages: join(this.#packages, String(record.release)),
          folders: await disk.imageStores(),
          consoleLog: this.#consoleLog(name),
        });
      }
      await this.#untilReady(name, record);
      await disk.writeRecord({ ...record, on: true, hostKey: record.hostKey ?? (await disk.hostKey()) });
      await this.#onChange();
    });
  }

  /** Shuts a machine down. It stays off until it is started again, also when the lab is. */
  async stop(name: string): Promise<void> {
    await this.#inTurn(name, async () => {
      const record = await this.disk(name).readRecord();
      if (record) await this.disk(name).writeRecord({ ...record, on: false });
      await this.#powerOff(name, SHUTDOWN_SECONDS);
    });
  }

  /** Shuts all machines down with the lab. */
  async stopAll(): Promise<void> {
    await Promise.all(
      (await this.records()).map(({ spec: { name } }) =>
        this.#inTurn(name, () => this.#powerOff(name, SHUTDOWN_SECONDS)),
      ),
    );
  }

  async remove(name: string): Promise<void> {
    await this.#inTurn(name, async () => {
      await this.#powerOff(name, 0);
      await this.disk(name).remove();
      await this.#onChange();
    });
  }

  async setPublicAddress(name: string, address: string | undefined): Promise<void> {
    await this.#inTurn(name, async () => {
      const record = await this.#record(name);
      const before = record.spec.publicAddress;
      if (before === address) return;
      await this.disk(name).writeRecord({ ...record, spec: { ...record.spec, publicAddress: address } });
      if (isRunning(machineId(this.#lab, name))) await changePublicAddress(this.#lab, name, before, address);
    });
  }

  /** Stops the machine in its tracks, so that connections to it hang; or lets it go on. */
  async pause(name: string, paused: boolean): Promise<void> {
    await freezeCgroups(machineId(this.#lab, name), paused);
  }

  /** Does something while no machine runs on: all stand still where they are, and go on afterwards. */
  async standStill<T>(work: () => Promise<T>): Promise<T> {
    const ids = [...runningContainers(this.#lab)];
    const paused = await Promise.all(ids.map(isFrozen));
    const moving = ids.filter((_, i) => !paused[i]);
    try {
      await Promise.all(moving.map((id) => freezeCgroups(id, true)));
      return await work();
    } finally {
      await Promise.all(moving.map((id) => freezeCgroups(id, false)));
    }
  }

  /** Copies every machine's disk into a folder of its name. */
  async copyDisks(to: string): Promise<void> {
    for (const { spec } of await this.records())
      await this.#inTurn(spec.name, () => this.disk(spec.name).copyTo(join(to, spec.name)));
  }

  async list(): Promise<Machine[]> {
    const running = runningContainers(this.#lab);
    return (await this.records()).map(({ spec, index }) => ({
      name: spec.name,
      address: addressIn(this.#subnet, index),
      running: running.has(machineId(this.#lab, spec.name)),
    }));
  }

  /** Has a machine show another host key than the one it is known by; the second time, its own again. */
  async swapHostKey(name: string): Promise<void> {
    const id = machineId(this.#lab, name);
    await this.disk(name).swapHostKey();
    if (!isRunning(id)) return;
    await reloadSshd(id);
    const { index } = await this.#record(name);
    const deadline = Date.now() + SHUTDOWN_SECONDS * 1000;
    // A paused machine shows it when it goes on.
    while ((await shownHostKey(addressIn(this.#subnet, index))) !== (await this.disk(name).hostKey())) {
      if (Date.now() > deadline) return;
      await sleep(40);
    }
  }

  /** What is known of every machine, in the order of their addresses. */
  async records(): Promise<MachineRecord[]> {
    const names = await readdir(this.#folder).catch(() => []);
    const records = await Promise.all(names.map((name) => this.disk(name).readRecord()));
    return records.filter((r) => r !== undefined).sort((a, b) => a.index - b.index);
  }

  /** The lab address of the machine that the outside world knows by another. */
  async withPublicAddress(address: string): Promise<string | undefined> {
    const found = (await this.records()).find(({ spec }) => spec.publicAddress === address);
    return found && addressIn(this.#subnet, found.index);
  }

  /** Every machine as ssh reaches it. */
  async hosts(): Promise<SshHost[]> {
    return (await this.records()).map(({ spec, index, hostKey }) => ({
      name: spec.name,
      address: addressIn(this.#subnet, index),
      hostKey,
    }));
  }

  disk(name: string): Disk {
    return new Disk(join(this.#folder, name));
  }

  async #powerOff(name: string, graceSeconds: number): Promise<void> {
    const id = machineId(this.#lab, name);
    // A paused machine could not react to anything.
    if (isRunning(id)) await freezeCgroups(id, false);
    await stopContainer(id, graceSeconds);
    await disconnectMachine(this.#lab, name);
    await this.disk(name).unmount();
  }

  async #untilReady(name: string, record: MachineRecord): Promise<void> {
    const id = machineId(this.#lab, name);
    const deadline = Date.now() + BOOT_SECONDS * 1000;
    let looked = Date.now();
    let stopped = false;
    const isReady = async () => {
      // A script that it was given may still change how it is reached.
      if (record.spec.userData?.startsWith("#!") && !(await this.disk(name).isSetUp())) return false;
      if (await sshdAnswers(addressIn(this.#subnet, record.index))) return true;
      if (Date.now() - looked < ELSEWHERE_MS) return false;
      // Both cost a look at much of this computer.
      looked = Date.now();
      stopped = !isRunning(id);
      return !stopped && sshdListens(id);
    };
    while (!(await isReady())) {
      if (stopped || Date.now() > deadline) {
        const console = await readFile(this.#consoleLog(name), "utf8").catch(() => "");
        const what = stopped ? "stopped while it booted" : `has no sshd that answers after ${BOOT_SECONDS} s`;
        throw new Error(
          `machine ${name} ${what}; the end of its console (${this.#consoleLog(name)}):\n${lastLines(console, 15)}`,
        );
      }
      await sleep(40);
    }
  }

  async #record(name: string): Promise<MachineRecord> {
    const record = await this.disk(name).readRecord();
    if (!record) throw new Error(`the lab has no machine ${JSON.stringify(name)}`);
    return record;
  }

  #imageFor(release: DebianRelease): Pick<MachineRecord, "image" | "release"> {
    const [stead] = debianReleases.filter((other) => this.images[other] !== undefined).reverse();
    const found = this.images[release] === undefined ? stead : release;
    if (found === undefined) throw new Error("the lab has no image to begin a machine on");
    return { image: this.images[found]!, release: found };
  }

  async #find(name: string): Promise<Machine> {
    return (await this.list()).find((m) => m.name === name)!;
  }

  #consoleLog(name: string): string {
    return join(this.disk(name).folder, "console.log");
  }

  /** Runs actions of one name one after the other. */
  #inTurn<T>(name: string, action: () => Promise<T>): Promise<T> {
    const turn = (this.#queues.get(name) ?? Promise.resolve()).then(action, action);
    this.#queues.set(name, turn);
    return turn;
  }
}
