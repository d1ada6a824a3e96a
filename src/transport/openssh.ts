import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { explain, type Failure } from "./failure.ts";
import { JumpError, JumpHosts, type JumpLine } from "./jump-hosts.ts";
import { ConnectError, openSession } from "./session.ts";
import { knownHosts, sshConfig } from "./ssh-config.ts";
import { UnreachableError, type Connection, type OpenOptions, type Session, type Transport } from "./types.ts";

/** Longest time for one attempt, from the TCP connection to a root shell. */
const READY_SECONDS = 20;
const FIRST_PAUSE_SECONDS = 0.25;
const LONGEST_PAUSE_SECONDS = 3;
/** How long a new machine may show another host key than the one that it is given at its first boot. */
const HOST_KEY_SECONDS = 45;

const patienceFor = ({ mayPass }: Failure, { bootSeconds = 0 }: Connection): number =>
  mayPass === "soon" ? Math.min(bootSeconds, HOST_KEY_SECONDS) : mayPass ? bootSeconds : 0;

export interface OpenSshOptions {
  /** The user's ssh_config. Default: $FLEET_SSH_CONFIG, else ~/.ssh/config. */
  include?: string;
}

/**
 * Reaches hosts by the system's own ssh, one process and one handshake for each session, and one more for each jump
 * host.
 */
export class OpenSsh implements Transport {
  /** Handshakes that were begun, for tests and benchmarks. */
  handshakes = 0;
  private readonly include: string;
  private readonly jumps: JumpHosts;

  constructor(options: OpenSshOptions = {}) {
    this.include = options.include ?? process.env["FLEET_SSH_CONFIG"] ?? join(homedir(), ".ssh", "config");
    this.jumps = new JumpHosts({
      include: this.include,
      readySeconds: READY_SECONDS,
      onHandshake: () => (this.handshakes += 1),
    });
  }

  async open(host: string, connection: Connection, { signal, isProof = false }: OpenOptions = {}): Promise<Session> {
    const line = isProof ? undefined : this.jumps.knownLineTo(host, connection);
    const shared = line && (await this.openOver(line, host));
    if (shared) return shared;
    const started = Date.now();
    let pause = FIRST_PAUSE_SECONDS;
    for (;;) {
      try {
        return await this.attempt(host, connection);
      } catch (error) {
        if (!(error instanceof ConnectError || error instanceof JumpError)) throw error;
        const failure = error instanceof JumpError ? error.failure : explain(error, connection);
        const wait = pause * (0.75 + Math.random() / 2) * 1000;
        if (signal?.aborted || Date.now() + wait > started + patienceFor(failure, connection) * 1000)
          throw new UnreachableError(host, failure.reason);
        await sleep(wait, undefined, { signal }).catch(() => {});
        pause = Math.min(pause * 1.6, LONGEST_PAUSE_SECONDS);
      }
    }
  }

  /** Ends the connections to jump hosts, and with them whatever still goes through them. */
  async close(): Promise<void> {
    await this.jumps.close();
  }

  /**
   * A jump host that is worked on itself needs no second handshake. @returns nothing when the line does not carry that
   */
  private openOver(line: Promise<JumpLine>, host: string): Promise<Session | undefined> {
    return line.then(({ sessionArguments }) => this.start(host, sessionArguments)).catch(() => undefined);
  }

  /** A session of its own keeps an interrupt for the engine's process group away from running scripts. */
  private start(host: string, sshArguments: readonly string[]): Promise<Session> {
    return openSession(
      host,
      (program) => spawn("ssh", [...sshArguments, `exec sh -c '${program}'`], { detached: true }),
      READY_SECONDS,
    );
  }

  private async attempt(host: string, connection: Connection): Promise<Session> {
    const { jump, jumpConnection } = connection;
    const proxyCommand = jump === undefined ? undefined : (await this.jumps.lineTo(jump, jumpConnection)).proxyCommand;
    const folder = await mkdtemp(join(tmpdir(), "fleet-ssh-"));
    try {
      const config = join(folder, "config");
      const knownHostsFile = join(folder, "known_hosts");
      await writeFile(knownHostsFile, knownHosts(host, connection));
      await writeFile(config, sshConfig(host, connection, { include: this.include, knownHostsFile, proxyCommand }));
      this.handshakes += 1;
      return await this.start(host, ["-F", config, "--", host]);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT")
        throw new Error("ssh was not found on PATH: install the OpenSSH client", { cause: error });
      throw error;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}
