import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { frame, newMark, runner, TIMEOUT_CODES } from "./runner.ts";
import { RunnerReader, type RunnerEvent } from "./runner-reader.ts";
import { ScriptTimeoutError, UnreachableError, type ScriptResult, type Session } from "./types.ts";
import { oneLine } from "./words.ts";

/** How much later than its own deadline a script's answer may arrive: the time to kill it, and the way back. */
const ANSWER_SECONDS = 20;
const STDERR_KEPT = 16 * 1024;
/** How long what a process has left running may hold its output open after its end, in milliseconds. */
const DRAIN_MS = 1000;

/** The process that carries the connection ended before the far side was ready. */
export class ConnectError extends Error {
  /** Everything that the process said, without empty lines. */
  readonly lines: string[];
  readonly exitCode: number | null;
  /** What the far side printed before it was ready; undefined when none was to run there. */
  readonly printed: string | undefined;
  constructor(lines: string[], exitCode: number | null, printed?: string) {
    super(oneLine(lines.at(-1) ?? `ssh ended with code ${exitCode}`));
    this.lines = lines;
    this.exitCode = exitCode;
    this.printed = printed;
  }
}

/**
 * A session over a process whose stdin and stdout lead to the runner of runner.ts.
 * @param start starts that process, and in it the given program of POSIX sh
 * @throws ConnectError when it is not ready within `readySeconds` or ends before.
 */
export function openSession(
  host: string,
  start: (program: string) => ChildProcessWithoutNullStreams,
  readySeconds: number,
): Promise<Session> {
  const mark = newMark();
  const child = start(runner(mark));
  let stderr = "";
  child.stderr.on("data", (text: Buffer) => (stderr = (stderr + text.toString()).slice(-STDERR_KEPT)));
  // A broken pipe shows as the end of the process.
  child.stdin.on("error", () => {});
  const said = () =>
    stderr
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== "");
  const giveUp = (why: string) => {
    stderr += `\n${why}`;
    child.kill("SIGKILL");
  };

  return new Promise((resolve, reject) => {
    let session: RunnerSession | undefined;
    const timer = setTimeout(() => giveUp(`no answer within ${readySeconds} s`), readySeconds * 1000);
    const reader = new RunnerReader(mark, (event) => {
      if (event.kind === "garbled") return giveUp(`its answer cannot be read: ${event.why}`);
      if (event.kind === "done") return session?.onDone(event);
      if (session) return;
      clearTimeout(timer);
      session = new RunnerSession(host, child, giveUp, event.hostKey);
      resolve(session);
    });
    child.stdout.on("data", (chunk: Buffer) => reader.read(chunk));
    child.on("error", (error) => (clearTimeout(timer), reject(error)));
    child.on("exit", () =>
      setTimeout(() => [child.stdout, child.stderr].forEach((stream) => stream.destroy()), DRAIN_MS),
    );
    child.on("close", (code) => {
      clearTimeout(timer);
      reject(new ConnectError(said(), code, reader.printed));
      session?.onEnd(said().at(-1));
    });
  });
}

interface Running {
  id: number;
  answer: (result: ScriptResult) => void;
  fail: (error: Error) => void;
}

class RunnerSession implements Session {
  readonly hostKey: string | undefined;
  readonly ended: Promise<void>;
  private readonly host: string;
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly giveUp: (why: string) => void;
  private markEnded!: () => void;
  private hasEnded = false;
  private running: Running | undefined;
  private last: Promise<unknown> = Promise.resolve();
  private count = 0;

  constructor(
    host: string,
    child: ChildProcessWithoutNullStreams,
    giveUp: (why: string) => void,
    hostKey: string | undefined,
  ) {
    this.host = host;
    this.child = child;
    this.giveUp = giveUp;
    this.hostKey = hostKey;
    this.ended = new Promise((resolve) => (this.markEnded = resolve));
  }

  run(script: string, { timeoutSeconds }: { timeoutSeconds: number }): Promise<ScriptResult> {
    const result = this.last.then(() => this.runNow(script, timeoutSeconds));
    this.last = result.catch(() => {});
    return result;
  }

  async close(): Promise<void> {
    this.child.stdin.end();
    const timer = setTimeout(() => this.child.kill("SIGKILL"), 2000);
    await this.ended;
    clearTimeout(timer);
  }

  onDone({ id, exitCode, stdout, stderr }: Extract<RunnerEvent, { kind: "done" }>): void {
    if (this.running?.id === id) this.running.answer({ exitCode, stdout, stderr });
  }

  onEnd(lastWords: string | undefined): void {
    this.hasEnded = true;
    this.running?.fail(
      new UnreachableError(
        this.host,
        `the connection broke while a script ran there${lastWords ? ` (${oneLine(lastWords)})` : ""}; ` +
          "the script itself goes on to its end",
      ),
    );
    this.markEnded();
  }

  private async runNow(script: string, seconds: number): Promise<ScriptResult> {
    if (this.hasEnded) throw new UnreachableError(this.host, "the connection has ended");
    const started = Date.now();
    const id = ++this.count;
    const patience = seconds + ANSWER_SECONDS;
    const late = setTimeout(() => this.giveUp(`no answer within ${patience} s`), patience * 1000);
    try {
      const result = await new Promise<ScriptResult>((answer, fail) => {
        this.running = { id, answer, fail };
        this.child.stdin.write(frame(id, script, seconds));
      });
      if (TIMEOUT_CODES.includes(result.exitCode) && Date.now() - started >= seconds * 1000)
        throw new ScriptTimeoutError(this.host, seconds, result.stderr);
      return result;
    } finally {
      clearTimeout(late);
      this.running = undefined;
    }
  }
}
