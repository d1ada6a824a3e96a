import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { copyCheckout } from "../../../src/bench/checkout.ts";
import { madeFrom } from "../../../src/load/made-from.ts";
import type { Changes } from "../../../src/engine/changes.ts";
import type { Drift } from "../../../src/engine/drift.ts";
import type { EngineTarget } from "../../../src/engine/run.ts";
import type { LabStatus } from "../../../src/lab/types.ts";
import { withLock } from "../../../src/setup/lock.mjs";
import { cacheDir } from "../../../src/setup/paths.ts";
import { begin, parse, type Ended, type Running } from "./commands.ts";
import { tinyFleet } from "./tiny.ts";

/** A copy of this repository with a small fleet, for tests to edit and to run commands in. */
export interface Checkout {
  root: string;
  stack: string;
  /** The lab's folder, with the state below it. */
  lab: string;
  write(path: string, text: string): Promise<void>;
  remove(path: string): Promise<void>;
  read(path: string): Promise<string>;
  /** Runs `fleet` to its end, through its launcher. */
  fleet(args: string[], env?: NodeJS.ProcessEnv): Promise<Ended>;
  start(args: string[], env?: NodeJS.ProcessEnv): Running;
  /**
   * Brings the fleet up: from the snapshot of an earlier `up` of the same files and tools where there is one, else from
   * nothing, and keeps the snapshot for other tests.
   */
  broughtUp(): Promise<void>;
  /** Keeps the lab, which has just been brought up from nothing, for other tests to begin with. */
  keepSnapshot(): Promise<void>;
  /** `fleet up --json`, with more options where they are given. */
  up(options?: string[], env?: NodeJS.ProcessEnv): Promise<Ended & { changes: Changes }>;
  drift(env?: NodeJS.ProcessEnv): Promise<Ended & { drift: Drift }>;
  status(): Promise<LabStatus>;
  /** Where and with which environment the engine works on the lab, for running `pulumi` by hand. */
  target(): Promise<EngineTarget>;
  /** Calls a local cloud as its owner would by hand. */
  cloud<T>(cloud: "hcloud" | "cloudflare" | "digitalocean", method: string, path: string, body?: object): Promise<T>;
  /** Runs a command on a machine, over ssh as `lab status` says it. @throws Error when it fails */
  ssh(host: string, command: string): Promise<string>;
  /** Runs any program to its end, with the lab's own settings where `env` gives them. */
  run(command: string, args: string[], env?: NodeJS.ProcessEnv, cwd?: string): Promise<Ended>;
  /** Forgets the lab and removes the copy. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Makes a checkout.
 * @param files path → text of the fleet `stack`; for one of this repository's own, its folders
 */
export async function scratchCheckout(
  stack = "tiny",
  files: Record<string, string> | string[] = tinyFleet,
): Promise<Checkout> {
  const folder = await mkdtemp(join(tmpdir(), "fleet-checkout-"));
  await copyCheckout(folder, Array.isArray(files) ? files : []);
  // All checkouts of the tests have their snapshots in one place, so that a fleet is brought up from nothing once.
  const snapshots = join(cacheDir, "test-snapshots");
  await mkdir(snapshots, { recursive: true, mode: 0o700 });
  await symlink(snapshots, join(folder, ".fleet", "snapshots"));
  const checkout = new ScratchCheckout(folder, stack);
  for (const [path, text] of Array.isArray(files) ? [] : Object.entries(files)) await checkout.write(path, text);
  return checkout;
}

/** How snapshots are called that the tests begin with. */
export const MADE = "made-";

class ScratchCheckout implements Checkout {
  readonly root: string;
  readonly stack: string;
  readonly lab: string;
  private sshConfig: string | undefined;

  constructor(folder: string, stack: string) {
    this.root = folder;
    this.stack = stack;
    this.lab = join(folder, ".fleet", "lab", this.stack);
  }

  async write(path: string, text: string): Promise<void> {
    await mkdir(dirname(join(this.root, path)), { recursive: true });
    await writeFile(join(this.root, path), text);
  }

  remove = (path: string): Promise<void> => rm(join(this.root, path), { recursive: true });
  read = (path: string): Promise<string> => readFile(join(this.root, path), "utf8");

  fleet(args: string[], env?: NodeJS.ProcessEnv): Promise<Ended> {
    return this.run(process.execPath, [join(this.root, "src/cli/fleet.mjs"), ...args], env);
  }

  start(args: string[], env: NodeJS.ProcessEnv = {}): Running {
    return begin(process.execPath, [join(this.root, "src/cli/main.ts"), ...args], env, this.root);
  }

  async broughtUp(): Promise<void> {
    const isMade = await this.withSnapshots(async (name, isThere) => {
      if (isThere) return false;
      const { exitCode, stderr } = await this.fleet(["up", this.stack, "--lab", "--yes"]);
      // Beyond its pilot a fleet is not brought up by the run that makes the pilot.
      if (exitCode !== 0 && !stderr.includes("the go is refused")) throw new Error(stderr);
      if (exitCode !== 0) await this.must(["up", this.stack, "--lab", "--yes"]);
      await this.must(["lab", "save", this.stack, name]);
      return true;
    });
    if (!isMade) await this.must(["lab", "load", this.stack, await this.snapshotName()]);
  }

  keepSnapshot(): Promise<void> {
    return this.withSnapshots(async (name) => this.must(["lab", "save", this.stack, name, "--replace"]));
  }

  /** One at a time, over all checkouts; snapshots of other files than today's are removed. */
  private async withSnapshots<T>(work: (name: string, isThere: boolean) => Promise<T>): Promise<T> {
    const folder = join(cacheDir, "test-snapshots", this.stack);
    return withLock(`${folder}.lock`, async () => {
      const name = await this.snapshotName();
      const kept: string[] = await readdir(folder).catch(() => []);
      for (const old of kept)
        if (old.startsWith(MADE) && old !== name) await rm(join(folder, old), { recursive: true });
      return work(name, kept.includes(name));
    });
  }

  private snapshotName = async (): Promise<string> => MADE + (await madeFrom(this.stack, this.root));

  private async must(args: string[]): Promise<void> {
    const { exitCode, stderr } = await this.fleet(args);
    if (exitCode !== 0) throw new Error(`fleet ${args.join(" ")}: exit code ${exitCode}: ${stderr}`);
  }

  async up(options: string[] = [], env?: NodeJS.ProcessEnv): Promise<Ended & { changes: Changes }> {
    const ended = await this.fleet(["up", this.stack, "--lab", "--json", ...options], env);
    return { ...ended, changes: parse(ended) as Changes };
  }

  async drift(env?: NodeJS.ProcessEnv): Promise<Ended & { drift: Drift }> {
    const ended = await this.fleet(["drift", this.stack, "--lab", "--format", "json"], env);
    return { ...ended, drift: parse(ended) as Drift };
  }

  async status(): Promise<LabStatus> {
    return parse(await this.fleet(["lab", "status", this.stack, "--json"])) as LabStatus;
  }

  async target(): Promise<EngineTarget> {
    const script =
      `import { openStack } from "./src/deploy/stack.ts"; ` +
      `console.log(JSON.stringify((await openStack(${JSON.stringify(this.stack)}, { lab: true })).target));`;
    return parse(
      await this.run(process.execPath, ["--input-type=module", "-e", script], {
        PATH: `${join(this.root, "node_modules/.bin")}:${process.env.PATH}`,
      }),
    ) as EngineTarget;
  }

  async cloud<T>(
    cloud: "hcloud" | "cloudflare" | "digitalocean",
    method: string,
    path: string,
    body?: object,
  ): Promise<T> {
    const { url, token } = (await this.status()).clouds[cloud]!;
    const response = await fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: body && JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json().catch(() => undefined)) as T;
  }

  async ssh(host: string, command: string): Promise<string> {
    this.sshConfig ??= (await this.status()).sshConfig;
    const { exitCode, stdout, stderr } = await this.run("ssh", [
      "-F",
      this.sshConfig,
      "-o",
      "BatchMode=yes",
      "-o",
      "ConnectTimeout=5",
      host,
      command,
    ]);
    if (exitCode !== 0) throw new Error(`${host}: ${command}: exit code ${exitCode}: ${stderr}`);
    return stdout.trim();
  }

  run(command: string, args: string[], env: NodeJS.ProcessEnv = {}, cwd = this.root): Promise<Ended> {
    return begin(command, args, env, cwd).ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { exitCode, stderr } = await this.fleet(["lab", "down", this.stack, "--forget"]);
    if (exitCode !== 0) throw new Error(`the lab in ${this.root} could not be forgotten: ${stderr}`);
    await rm(this.root, { recursive: true, force: true });
  }
}
