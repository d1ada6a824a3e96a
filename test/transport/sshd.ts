import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { findImage } from "../../src/lab/machines/image.ts";
import { DEFAULT_RELEASE } from "../../src/model/platform.ts";
import { cacheDir } from "../../src/setup/paths.ts";
import type { Connection } from "../../src/transport/types.ts";

const SSHD = "/usr/sbin/sshd";

/**
 * Where this machine has no sshd (set-up opens no door to it), that of the lab's machine image serves, with these
 * folders of ours.
 */
const image = existsSync(SSHD) ? undefined : await findImage(cacheDir, DEFAULT_RELEASE).catch(() => undefined);
const inImage = `for folder in proc dev run tmp; do mount --rbind /$folder "$0/$folder"; done; exec chroot "$0" "$@"`;
const command = image ? ["unshare", "--mount", "sh", "-ec", inImage, image, SSHD] : [SSHD];

/** The tests need sshd, and root as the user that scripts run as. */
export const canRunSshd = (image !== undefined || existsSync(SSHD)) && process.getuid?.() === 0;

/** A real sshd on loopback with keys of its own, for one test file. */
export class TestSshd {
  readonly folder = mkdtempSync(join(tmpdir(), "fleet-sshd-"));
  /** An ssh_config that holds the client's key, as a user's own would. */
  readonly include = join(this.folder, "ssh_config");
  /** The home of whoever logs in. */
  readonly home = join(this.folder, "home");
  port = 0;
  private process: ChildProcess | undefined;

  constructor() {
    for (const name of ["host", "client"]) this.makeKey(name);
    mkdirSync(this.home);
    writeFileSync(
      this.include,
      `Host *\n  IdentityFile ${join(this.folder, "client")}\n  IdentitiesOnly yes\n  UserKnownHostsFile /dev/null\n`,
    );
    writeFileSync(join(this.folder, "authorized"), this.clientKey());
  }

  clientKey(): string {
    return readFileSync(join(this.folder, "client.pub"), "utf8");
  }

  /** @returns the public half. */
  makeKey(name: string): string {
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", join(this.folder, name)]);
    return readFileSync(join(this.folder, `${name}.pub`), "utf8").trim();
  }

  connection(changes: Partial<Connection> = {}): Connection {
    const hostKey = readFileSync(join(this.folder, "host.pub"), "utf8").trim();
    return { address: "127.0.0.1", port: this.port, user: userInfo().username, hostKey, ...changes };
  }

  async start(): Promise<void> {
    if (this.port === 0) this.port = await freePort();
    mkdirSync("/run/sshd", { recursive: true });
    const config = [
      `ListenAddress 127.0.0.1:${this.port}`,
      `HostKey ${join(this.folder, "host")}`,
      `AuthorizedKeysFile ${join(this.folder, "authorized")}`,
      "PidFile none",
      "StrictModes no",
      "UsePAM no",
      "PermitRootLogin yes",
      "LogLevel INFO",
      `SetEnv HOME=${this.home}`,
    ];
    writeFileSync(join(this.folder, "sshd_config"), config.join("\n"));
    this.process = spawn(
      command[0]!,
      [...command.slice(1), "-D", "-E", this.log, "-f", join(this.folder, "sshd_config")],
      { stdio: "ignore" },
    );
    while (!this.logged().includes(`Server listening on 127.0.0.1 port ${this.port}`))
      await new Promise((r) => setTimeout(r, 10));
  }

  private get log(): string {
    return join(this.folder, "log");
  }

  logged(): string {
    return existsSync(this.log) ? readFileSync(this.log, "utf8") : "";
  }

  /** Connections that came in, as sshd itself counts them. */
  logins(): number {
    return this.logged().split("Accepted publickey").length - 1;
  }

  /**
   * Process ids of the sshd processes that carry the open connections: since OpenSSH 10 each has a process for itself
   * and one of the user's below it. What runs over a connection is none of them.
   */
  connectionPids(): number[] {
    const processes = execFileSync("ps", ["-eo", "pid=,ppid=,comm="], { encoding: "utf8" })
      .split("\n")
      .map((line) => line.trim().split(/\s+/))
      .filter(([, , name]) => name?.startsWith("sshd"))
      .map(([pid, parent]) => ({ pid: Number(pid), parent: Number(parent) }));
    const below = (parents: number[]): number[] => {
      const children = processes.filter(({ parent }) => parents.includes(parent)).map(({ pid }) => pid);
      return children.length === 0 ? [] : [...children, ...below(children)];
    };
    return below([this.process!.pid!]);
  }

  /** Ends the open connections without a word. One that leads through another ends with it. */
  breakConnections(): void {
    for (const pid of this.connectionPids()) {
      try {
        process.kill(pid, "SIGKILL");
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
      }
    }
  }

  async stop(): Promise<void> {
    if (!this.process) return;
    const ended = once(this.process, "exit");
    this.process.kill();
    await ended;
    this.process = undefined;
    rmSync(this.log, { force: true });
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
