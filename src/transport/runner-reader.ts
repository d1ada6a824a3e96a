import { oneLine } from "./words.ts";

/** The most that one script may print, in bytes: more is held by nobody's memory for a far side that lies or rages. */
export const ANSWER_LIMIT = 64 * 1024 * 1024;
/** The longest line of the runner's own; in it the host key's comment is the only part without a size. */
const LINE_LIMIT = 16 * 1024;
/** How much is kept of what others print, in bytes: its end. */
const OTHERS_KEPT = 2048;

const READY = /^ready ?(?:(\S+ \S+).*)?$/;
const DONE = /^done (\d{1,9}) (\d{1,3}) (\d{1,18}) (\d{1,18})$/;

export type RunnerEvent =
  | { kind: "ready"; hostKey?: string }
  | { kind: "done"; id: number; exitCode: number; stdout: string; stderr: string }
  /** What came is none of the runner's answers: nothing that follows can be trusted to be one. */
  | { kind: "garbled"; why: string };

interface Answer {
  id: number;
  exitCode: number;
  out: number;
  /** Both outputs and the line that ends them, filled as they come. */
  body: Buffer;
  filled: number;
  end: Buffer;
}

/**
 * Turns what comes from a far side, in chunks of any size, into events. What others print is skipped wherever it stands
 * outside an answer, also in front of one in the same line; inside one it makes the answer unreadable. Memory is
 * bounded whatever comes.
 */
export class RunnerReader {
  private readonly mark: string;
  private readonly onEvent: (event: RunnerEvent) => void;
  private rest: Buffer = Buffer.alloc(0);
  private answer: Answer | undefined;
  private others: Buffer = Buffer.alloc(0);
  private isGarbled = false;

  /** @param mark the runner's own */
  constructor(mark: string, onEvent: (event: RunnerEvent) => void) {
    this.mark = mark;
    this.onEvent = onEvent;
  }

  /** The end of what others have printed. */
  get printed(): string {
    return Buffer.concat([this.others, this.rest]).subarray(-OTHERS_KEPT).toString();
  }

  read(chunk: Buffer): void {
    let left: Buffer | undefined = chunk;
    while (left !== undefined && !this.isGarbled) left = this.answer ? this.fill(this.answer, left) : this.seek(left);
  }

  /** @returns what follows the answer; nothing while the answer is not whole */
  private fill(answer: Answer, chunk: Buffer): Buffer | undefined {
    const taken = chunk.copy(answer.body, answer.filled);
    answer.filled += taken;
    if (answer.filled < answer.body.length) return undefined;
    this.answer = undefined;
    const { id, exitCode, out, body, end } = answer;
    const both = body.subarray(0, body.length - end.length);
    if (!body.subarray(both.length).equals(end))
      return this.garble("something else prints into it, or its length is not as announced");
    const [stdout, stderr] = [both.toString("utf8", 0, out), both.toString("utf8", out)];
    this.onEvent({ kind: "done", id, exitCode, stdout, stderr });
    return chunk.subarray(taken);
  }

  /** Looks for the runner's next line. @returns what follows it; nothing while it has not come */
  private seek(chunk: Buffer): Buffer | undefined {
    const all = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    const wanted = `${this.mark} `;
    const at = all.indexOf(wanted);
    // The mark may be cut in two.
    const from = at < 0 ? Math.max(all.length - wanted.length + 1, 0) : at;
    this.skip(all.subarray(0, from));
    this.rest = all.subarray(from);
    if (at < 0) return undefined;
    const feed = this.rest.indexOf(0x0a);
    if ((feed < 0 ? this.rest.length : feed) > LINE_LIMIT) return this.garble("a line of it has no end");
    if (feed < 0) return undefined;
    const line = this.rest.toString("utf8", wanted.length, feed);
    const left = this.rest.subarray(feed + 1);
    this.rest = Buffer.alloc(0);
    return this.understand(line) ? left : undefined;
  }

  private understand(line: string): boolean {
    const ready = READY.exec(line);
    if (ready) this.onEvent({ kind: "ready", hostKey: ready[1] });
    const done = DONE.exec(line);
    if (done) return this.begin(done.slice(1).map(Number) as [number, number, number, number]);
    if (!ready) this.garble(`${JSON.stringify(oneLine(line, 60))} is none`);
    return ready !== null;
  }

  private begin([id, exitCode, out, err]: [number, number, number, number]): boolean {
    if (out + err > ANSWER_LIMIT) {
      this.garble(`the script printed ${out + err} bytes, and at most ${ANSWER_LIMIT} are read`);
      return false;
    }
    const end = Buffer.from(`${this.mark} end ${id}\n`);
    this.answer = { id, exitCode, out, body: Buffer.allocUnsafe(out + err + end.length), filled: 0, end };
    return true;
  }

  private skip(others: Buffer): void {
    if (others.length > 0)
      this.others = Buffer.concat([this.others, others.subarray(-OTHERS_KEPT)]).subarray(-OTHERS_KEPT);
  }

  private garble(why: string): undefined {
    this.isGarbled = true;
    this.onEvent({ kind: "garbled", why });
  }
}
