import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { explain, type Failure } from "./failure.ts";
import { ConnectError } from "./session.ts";
import { knownHosts, sshConfig } from "./ssh-config.ts";
import type { Connection } from "./types.ts";

/**
 * A jump host that everyone behind it shares: one authenticated connection, over which ssh leads on to each of them.
 */
export interface JumpLine {
  /** What ssh runs instead of connecting by itself. It fails at once when the line has ended. */
  proxyCommand: string;
  /** ssh's arguments for a session with the jump host itself over the same connection. */
  sessionArguments: string[];
  /** Fulfilled when the line has ended, whoever ended it. */
  ended: Promise<void>;
}

/** The jump host does not answer, or is not who it should be: nothing is known of the hosts behind it. */
export class JumpError extends Error {
  readonly failure: Failure;
  constructor(jump: string, { reason, mayPass }: Failure) {
    super(`via ${jump}, which cannot be reached itself: ${reason}`);
    this.failure = { reason: this.message, mayPass };
  }
}

/**
 * How long hosts behind a jump host that could not be reached are told so without another try: they all ask in the same
 * moment.
 */
const FAILURE_SECONDS = 1;
const READY = "fleet-ready";
const CLOSE_SECONDS = 2;

/**
 * Runs ssh as the master of a shared connection, ends it when stdin ends, and removes its folder. A shell does that,
 * because it also hears of the end of a process that was killed. $0 is the folder, $1 the host, $2 the socket.
 */
const KEEPER = `
exec 3<&0
ssh -F "$0/config" -M -S "$2" -o PermitLocalCommand=yes -o LocalCommand="echo ${READY}" -N -- "$1" 3<&- &
line=$!
{ while read -r _; do :; done <&3; kill $line; } >/dev/null 2>&1 &
watch=$!
wait $line; code=$?
kill $watch 2>/dev/null
rm -rf -- "$0"
exit $code`;

interface Open extends JumpLine {
  close(): Promise<void>;
}

/** Lines to jump hosts, each made when it is first needed. */
export class JumpHosts {
  private readonly include: string;
  private readonly onHandshake: () => void;
  private readonly readySeconds: number;
  private readonly lines = new Map<string, Promise<Open>>();

  /**
   * @param options.include the user's ssh_config
   * @param options.readySeconds longest time for a connection, from TCP to authenticated
   */
  constructor(options: { include: string; readySeconds: number; onHandshake: () => void }) {
    this.include = options.include;
    this.readySeconds = options.readySeconds;
    this.onHandshake = options.onHandshake;
  }

  /** @throws JumpError when the jump host does not answer, refuses, or shows another host key. */
  lineTo(jump: string, connection: Connection = {}): Promise<JumpLine> {
    const key = keyOf(jump, connection);
    const known = this.lines.get(key);
    if (known) return known;
    const line = this.open(jump, connection);
    this.lines.set(key, line);
    const forget = () => void this.lines.delete(key);
    line.then(
      ({ ended }) => ended.then(forget),
      () => setTimeout(forget, FAILURE_SECONDS * 1000).unref(),
    );
    return line;
  }

  /** The line to this very host that hosts behind it have asked for; nothing, and that at once, when none has. */
  knownLineTo = (host: string, connection: Connection): Promise<JumpLine> | undefined =>
    this.lines.get(keyOf(host, connection));

  async close(): Promise<void> {
    await Promise.all(
      [...this.lines.values()].map((line) =>
        line.then(
          (open) => open.close(),
          () => {},
        ),
      ),
    );
  }

  private async open(jump: string, connection: Connection): Promise<Open> {
    // mkdtemp gives a folder that only its owner can enter: whoever reaches the socket is let in by the jump host.
    const folder = await mkdtemp(join(tmpdir(), "fleet-jump-"));
    const socket = join(folder, "line");
    const knownHostsFile = join(folder, "known_hosts");
    await writeFile(knownHostsFile, knownHosts(jump, connection));
    await writeFile(join(folder, "config"), sshConfig(jump, connection, { include: this.include, knownHostsFile }));
    this.onHandshake();
    const child = spawn("sh", ["-c", KEEPER, folder, jump, socket.replaceAll("%", "%%")], { detached: true });
    const { ended } = await untilReady(child, this.readySeconds).catch((error: unknown) => {
      throw error instanceof ConnectError ? new JumpError(jump, explain(error, connection)) : error;
    });
    return {
      ended,
      proxyCommand: proxyCommand(jump, socket),
      sessionArguments: ["-F", "none", "-S", socket.replaceAll("%", "%%"), ...ONLY_SHARED, "--", jump],
      close: () => end(child, ended),
    };
  }
}

const keyOf = (jump: string, { bootSeconds: _, machine: __, account: ___, ...where }: Connection): string =>
  JSON.stringify([jump, where]);

/** The other end of the line asks its master. Without one it must not connect by itself. */
const ONLY_SHARED = ["-o", "ProxyCommand=false", "-o", "LogLevel=ERROR"];
const proxyCommand = (jump: string, socket: string): string =>
  `ssh -F none -S "${socket.replaceAll("%", "%%%%")}" ${ONLY_SHARED.join(" ")} -W "[%h]:%p" -- ${jump}`;

/** Fulfilled when the connection is authenticated. @throws ConnectError when it ends before. */
function untilReady(child: ChildProcessWithoutNullStreams, seconds: number): Promise<{ ended: Promise<void> }> {
  return new Promise((resolve, reject) => {
    let said = "";
    let heard = "";
    const timer = setTimeout(() => {
      said += `\nno answer within ${seconds} s`;
      child.stdin.end();
    }, seconds * 1000);
    const ended = new Promise<void>((done) =>
      child.on("close", (code) => {
        clearTimeout(timer);
        done();
        reject(
          new ConnectError(
            said
              .split("\n")
              .map((line) => line.trim())
              .filter((line) => line !== ""),
            code,
          ),
        );
      }),
    );
    child.on("error", (error) => (clearTimeout(timer), reject(error)));
    child.stdin.on("error", () => {});
    child.stderr.on("data", (text: Buffer) => (said = (said + text.toString()).slice(-4096)));
    child.stdout.on("data", (text: Buffer) => {
      heard = (heard + text.toString()).slice(-256);
      if (!heard.includes(READY)) return;
      clearTimeout(timer);
      resolve({ ended });
    });
  });
}

async function end(child: ChildProcessWithoutNullStreams, ended: Promise<void>): Promise<void> {
  child.stdin.end();
  const timer = setTimeout(() => child.kill("SIGKILL"), CLOSE_SECONDS * 1000);
  await ended;
  clearTimeout(timer);
}
