/**
 * What a host said about one thing that it was asked for: it is there, it is not there, or it can't be told. Whoever
 * wants the value has to say what becomes of the other two, so that what was asked and not answered is never read as
 * absent.
 */
export type Answer<T> = Found<T> | Absent | Unknown;

export interface Found<T> {
  is: "found";
  value: T;
}

export interface Absent {
  is: "absent";
}

export interface Unknown {
  is: "unknown";
  /** For whoever reads it at night: what could not be told and why, without the host's name. */
  why: string;
}

export const found = <T>(value: T): Found<T> => ({ is: "found", value });
export const ABSENT: Absent = { is: "absent" };
export const unknown = (why: string): Unknown => ({ is: "unknown", why });

/**
 * Answers by what was asked for. To be asked for something that never was is a mistake of ours; something that got no
 * answer is unknown.
 */
export class Answers<T> {
  private readonly given = new Map<string, Answer<T>>();
  private readonly asked: ReadonlySet<string>;
  /** "package nginx" from "nginx": what it is called in reasons. */
  private readonly called: (key: string) => string;

  constructor(asked: Iterable<string>, called: (key: string) => string) {
    this.asked = new Set(asked);
    this.called = called;
  }

  /** Of two answers that contradict each other neither counts. What was never asked for is not listened to. */
  give(key: string, answer: Answer<T>): void {
    if (!this.asked.has(key)) return;
    const before = this.given.get(key);
    const isSame = before === undefined || JSON.stringify(before) === JSON.stringify(answer);
    this.given.set(key, isSame ? answer : unknown(`${this.called(key)}: the host gave two answers`));
  }

  /** For all that have no answer so far. */
  giveRest(answer: Answer<T>): void {
    for (const key of this.asked) if (!this.given.has(key)) this.given.set(key, answer);
  }

  of(key: string): Answer<T> {
    if (!this.asked.has(key)) throw new Error(`${this.called(key)} was never asked for`);
    return this.given.get(key) ?? unknown(`${this.called(key)}: the host gave no answer`);
  }
}
