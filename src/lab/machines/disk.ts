import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { DebianRelease } from "../../model/platform.ts";
import type { MachineSpec } from "../types.ts";
import { seedNixos } from "./nixos/seed.ts";
import { makeKeyPair } from "./key-pair.ts";
import { run } from "./run.ts";

/** What a machine keeps over restarts of the lab: kept as machine.json beside its disk. */
export interface MachineRecord {
  spec: MachineSpec;
  /** The last number of its lab address. */
  index: number;
  /** The image that its disk was begun on, and the release of Debian that it is of. */
  image: string;
  release: DebianRelease;
  /** Whether it was last started or stopped; nothing before the first start. */
  on?: boolean;
  /** The host key that its first boot ended with: "ssh-ed25519 AAAA…". What it shows later is held against it. */
  hostKey?: string;
}

/** What of the world the lab has in itself. */
export interface World {
  /** Name → address. */
  hosts: Record<string, string>;
  /** What vouches for them, in PEM. */
  authorities: string;
}

const SHOW_WORLD = `lines=$1; shift
{ echo "$lines"; grep -v "$@" /etc/hosts; } >/etc/hosts.new; mv /etc/hosts.new /etc/hosts
own=/usr/local/share/ca-certificates/lab.crt all=/etc/ssl/certs/ca-certificates.crt
mkdir -p "\${own%/*}" "\${all%/*}" && cat >$own
grep -qsF "$(sed -n 2p $own)" $all || cat $own >>$all`;

const HOST_KEY = "etc/ssh/ssh_host_ed25519_key";

/**
 * A machine's folder: machine.json, `upper` with what the machine wrote over the image, `root` where both are seen as
 * one while it runs, and console.log.
 */
export class Disk {
  readonly folder: string;
  readonly root: string;
  constructor(folder: string) {
    this.folder = folder;
    this.root = join(folder, "root");
  }

  /** Begins a disk. machine.json comes last: without it the disk does not count. */
  async create(record: MachineRecord): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
    const upper = join(this.folder, "upper");
    await mkdir(upper, { recursive: true });
    await mkdir(this.root);
    await writeSeed(upper, record.spec);
    if (record.spec.system === "nixos") await seedNixos(upper, record.image);
    await this.writeRecord(record);
  }

  async readRecord(): Promise<MachineRecord | undefined> {
    const text = await readFile(join(this.folder, "machine.json"), "utf8").catch(() => undefined);
    return text === undefined ? undefined : (JSON.parse(text) as MachineRecord);
  }

  async writeRecord(record: MachineRecord): Promise<void> {
    const path = join(this.folder, "machine.json");
    await writeFile(`${path}.new`, JSON.stringify(record, undefined, 2), { mode: 0o600 });
    await rename(`${path}.new`, path);
  }

  async mount(image: string): Promise<void> {
    if (!existsSync(image))
      throw new Error(
        `the image ${image} that ${this.folder} was begun on is gone: ` +
          `start over with \`fleet lab down <stack> --forget\``,
      );
    await this.unmount();
    // Overlayfs refuses a work folder that a "volatile" mount has used; it holds nothing that outlives a mount.
    const work = join(this.folder, "work");
    await rm(work, { recursive: true, force: true });
    await mkdir(work);
    // "volatile" leaves out the flushing to disk that a lab machine's data is not worth.
    await run("mount", [
      "-t",
      "overlay",
      "overlay",
      "-o",
      `lowerdir=${image},upperdir=${join(this.folder, "upper")},workdir=${work},volatile`,
      this.root,
    ]);
  }

  /**
   * Has a mounted machine know where the lab keeps a part of the world, and trust it as systems trust the real one. In
   * the machine's own root, since links of its may lead anywhere.
   */
  async showWorld({ hosts, authorities }: World): Promise<void> {
    const lines = Object.entries(hosts).map(([name, address]) => `${address} ${name}`);
    const names = Object.keys(hosts).flatMap((name) => ["-e", ` ${name}$`]);
    await run("chroot", [this.root, "/bin/sh", "-c", SHOW_WORLD, "show-world", lines.join("\n"), ...names], {
      input: authorities,
    });
  }

  async unmount(): Promise<void> {
    for (const path of (await mountsUnder(this.root)).reverse()) await unmountWhenIdle(path);
  }

  /**
   * Where the machine's Podman and Docker keep images, by path: on this computer's own file system, since an overlay
   * can't stand on an overlay. They are a part of what the machine wrote all the same.
   */
  async imageStores(): Promise<Record<string, string>> {
    const paths = ["/var/lib/containers", "/var/lib/docker"];
    const stores = paths.map((path) => [path, join(this.folder, "upper", path)] as const);
    for (const [, folder] of stores) await mkdir(folder, { recursive: true });
    return Object.fromEntries(stores);
  }

  /** Whether the first boot has come to its end, so that a script that it was given has run. */
  async isSetUp(): Promise<boolean> {
    const instances = join(this.folder, "upper/var/lib/cloud/instances");
    const names = await readdir(instances).catch(() => []);
    return names.some((name) => existsSync(join(instances, name, "boot-finished")));
  }

  /**
   * The host key that the machine shows, read from its disk: "ssh-ed25519 AAAA…"; nothing before its first boot made
   * one.
   */
  async hostKey(): Promise<string | undefined> {
    const text = await readFile(join(this.folder, "upper", `${HOST_KEY}.pub`), "utf8").catch(() => undefined);
    return text?.trim().split(/\s+/).slice(0, 2).join(" ");
  }

  /** Has the machine show another host key, as one that took its place would; the second time, its own again. */
  async swapHostKey(): Promise<void> {
    const root = (await mountsUnder(this.root)).length > 0 ? this.root : join(this.folder, "upper");
    const key = join(root, HOST_KEY),
      kept = join(this.folder, "other_host_key");
    for (const half of ["", ".pub"]) {
      await copyFile(key + half, `${kept}.new${half}`);
    }
    if (existsSync(kept)) for (const half of ["", ".pub"]) await copyFile(kept + half, key + half);
    else await makeHostKey(root);
    for (const half of ["", ".pub"]) await rename(`${kept}.new${half}`, kept + half);
  }

  /** Copies what is kept of it into a new folder, with owners, modes and what overlayfs has noted. */
  async copyTo(folder: string): Promise<void> {
    await mkdir(join(folder, "root"), { recursive: true });
    await run("cp", [
      "--archive",
      "--reflink=auto",
      join(this.folder, "upper"),
      join(this.folder, "machine.json"),
      folder,
    ]);
  }

  async remove(): Promise<void> {
    await this.unmount();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** What sets a machine apart from the image before its first boot. */
async function writeSeed(upper: string, spec: MachineSpec): Promise<void> {
  const write = async (path: string, text: string, mode = 0o644) => {
    await mkdir(join(upper, path, ".."), { recursive: true });
    await writeFile(join(upper, path), text, { mode });
  };
  await mkdir(join(upper, "root"), { mode: 0o700 });
  await write("etc/machine-id", `${randomBytes(16).toString("hex")}\n`);
  await write("etc/hostname", `${spec.name}\n`);
  await write("etc/hosts", `127.0.0.1 localhost\n127.0.1.1 ${spec.name}\n::1 localhost ip6-localhost\n`);
  if (spec.userData === undefined) {
    // A machine that was there all along: nothing is left for cloud-init to do.
    await write("etc/cloud/cloud-init.disabled", "");
    await mkdir(join(upper, "root/.ssh"), { mode: 0o700 });
    await write("root/.ssh/authorized_keys", spec.authorizedKeys.map((key) => `${key.trim()}\n`).join(""), 0o600);
    await makeHostKey(upper);
  } else {
    const metaData = {
      "instance-id": `${spec.name}-${randomBytes(4).toString("hex")}`,
      "local-hostname": spec.name,
      "public-keys": spec.authorizedKeys,
    };
    await write("var/lib/cloud/seed/nocloud/meta-data", JSON.stringify(metaData), 0o600);
    await write("var/lib/cloud/seed/nocloud/user-data", spec.userData, 0o600);
  }
}

async function makeHostKey(root: string): Promise<void> {
  const key = join(root, HOST_KEY);
  await mkdir(join(key, ".."), { recursive: true });
  await makeKeyPair(key);
}

/** What a machine's last processes held is let go of a little after they ended. */
async function unmountWhenIdle(path: string): Promise<void> {
  for (let tries = 40; ; tries--) {
    try {
      return void (await run("umount", [path]));
    } catch (error) {
      if (tries === 0) throw error;
      await sleep(50);
    }
  }
}

/** Mount points at or under a path, in the order they were mounted. */
async function mountsUnder(path: string): Promise<string[]> {
  const lines = (await readFile("/proc/self/mountinfo", "utf8")).split("\n");
  const points = lines.map((line) =>
    (line.split(" ")[4] ?? "").replace(/\\(\d{3})/g, (_, octal: string) =>
      String.fromCharCode(Number.parseInt(octal, 8)),
    ),
  );
  return points.filter((point) => point === path || point.startsWith(`${path}/`));
}
