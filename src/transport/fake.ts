import {
  UnreachableError,
  type Connection,
  type RunOptions,
  type ScriptResult,
  type Session,
  type Transport,
} from "./types.ts";

export interface FakeRun extends RunOptions {
  host: string;
  script: string;
}

/** Answers a script: text stands for that output and exit code 0. */
export type FakeAnswer = (run: FakeRun) => Partial<ScriptResult> | string | Promise<Partial<ScriptResult> | string>;

/** A transport for tests: answers scripts by a function and records what it was asked. */
export class Fake implements Transport {
  /** Every open(), also those that failed. */
  readonly handshakes: { host: string; connection: Connection }[] = [];
  readonly runs: FakeRun[] = [];
  /** Host → why it cannot be reached. */
  readonly unreachable = new Map<string, string>();
  readonly hostKeys = new Map<string, string>();
  /** Sessions that are open now. */
  sessions = 0;
  private readonly answer: FakeAnswer;

  constructor(answer: FakeAnswer = () => "") {
    this.answer = answer;
  }

  async open(host: string, connection: Connection): Promise<Session> {
    this.handshakes.push({ host, connection });
    const reason = this.unreachable.get(host);
    if (reason !== undefined) throw new UnreachableError(host, reason);
    let end!: () => void;
    const ended = new Promise<void>((resolve) => (end = resolve));
    this.sessions += 1;
    return {
      hostKey: this.hostKeys.get(host),
      ended,
      run: async (script, options) => {
        const run = { host, script, ...options };
        this.runs.push(run);
        const answer = await this.answer(run);
        return { exitCode: 0, stdout: "", stderr: "", ...(typeof answer === "string" ? { stdout: answer } : answer) };
      },
      close: async () => {
        this.sessions -= 1;
        end();
      },
    };
  }
}
