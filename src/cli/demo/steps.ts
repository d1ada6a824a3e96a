import { step } from "../../terminal/interrupt.ts";
import { elapsed, say, sayStyle } from "../../terminal/output.ts";

/** Numbered steps with their times, kept for the end. */
export class Steps {
  readonly done: { what: string; time: string; result: string }[] = [];
  readonly signal: AbortSignal;

  constructor(signal: AbortSignal) {
    this.signal = signal;
  }

  /** A step that returns a text has that as its result. */
  async run<T>(what: string, work: () => Promise<T>): Promise<T> {
    const start = performance.now();
    say(`\n${sayStyle("bold", `${this.done.length + 1}. ${what}`)}`);
    const result = await step(this.signal, work);
    this.done.push({ what, time: elapsed(start), result: typeof result === "string" ? result : "" });
    say(sayStyle("dim", `   ${elapsed(start)}${typeof result === "string" ? `: ${result}` : ""}`));
    return result;
  }
}
