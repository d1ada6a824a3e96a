/**
 * How a host is reached: written by components from host files and cloud outputs, overridden by the user's own
 * ssh_config.
 */
export interface Connection {
  address?: string;
  port?: number;
  user?: string;
  /** A host of the fleet to go through. All hosts behind it share one connection to it. */
  jump?: string;
  /** How the jump host itself is reached; without it, the user's own ssh_config knows. */
  jumpConnection?: Connection;
  /** "ssh-ed25519 AAAA…": the only host key that is accepted. Without it, the user's own known_hosts decides. */
  hostKey?: string;
  /** How long a machine that was just created may take to answer, in seconds; 0 means that it must answer at once. */
  bootSeconds?: number;
  /** What the machine is at its cloud, "hcloud:server/web"; nothing when no cloud knows of it. */
  machine?: string;
  /**
   * What shows that a token is for the project or account of the machine: "hcloud:firewall/4711", which is seen in that
   * project alone, or "aws:123456789012".
   */
  account?: string;
}

export interface RunOptions {
  /** The script is terminated on the host after so many seconds, and killed ten seconds later. */
  timeoutSeconds: number;
}

export interface ScriptResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/**
 * One open connection to one host. Scripts run one after the other, each in a fresh POSIX sh as root, read whole before
 * it starts.
 */
export interface Session {
  run(script: string, options: RunOptions): Promise<ScriptResult>;
  close(): Promise<void>;
  /** The machine's own ed25519 host key as it says over this verified connection: "ssh-ed25519 AAAA…". */
  readonly hostKey?: string;
  /** Fulfilled when the connection has ended, whoever ended it. */
  readonly ended?: Promise<void>;
}

export interface OpenOptions {
  /** Ends the wait for a machine that is still booting. */
  signal?: AbortSignal;
  /** The session is to prove that the host can be connected to: it shares nothing with others. */
  isProof?: boolean;
}

export interface Transport {
  /** @throws UnreachableError when the host does not answer, refuses, or shows another host key. */
  open(host: string, connection: Connection, options?: OpenOptions): Promise<Session>;
  /** Ends what sessions share, after the sessions themselves. */
  close?(): Promise<void>;
}

/** The host could not be reached, so nothing is known about it. */
export class UnreachableError extends Error {
  readonly host: string;
  constructor(host: string, reason: string) {
    super(`${host} is unreachable: ${reason}`);
    this.name = "UnreachableError";
    this.host = host;
  }
}

/** The script was ended on the host because its time was over. */
export class ScriptTimeoutError extends Error {
  readonly host: string;
  constructor(host: string, seconds: number, stderr: string) {
    super(
      `${host}: a script was stopped after ${seconds} s` +
        (stderr.trim() ? `; its last words: ${stderr.trim().split("\n").at(-1)}` : ""),
    );
    this.name = "ScriptTimeoutError";
    this.host = host;
  }
}
