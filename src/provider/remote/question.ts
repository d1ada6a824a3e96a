import type { Section } from "./sh.ts";

/** All that a host said, by the sections' names. */
export type Said = ReadonlyMap<string, Section[]>;

/** Something that a host can be asked, once for all services, whoever wants to know. */
export interface Question<Item, Answer> {
  /** POSIX sh that prints sections, see sectionsOf(). */
  ask(items: readonly Item[]): string[];
  read(said: Said, items: readonly Item[]): Answer;
}

/** Items that somebody wants a question asked about. */
export interface Wanted {
  question: Question<never, unknown>;
  items: readonly unknown[];
}

export const want = <Item>(question: Question<Item, unknown>, items: readonly Item[]): Wanted[] =>
  items.length === 0 ? [] : [{ question, items }];

/** What a host told: the answers to the questions that it was asked. */
export class Told {
  private readonly answers: ReadonlyMap<unknown, unknown>;

  constructor(answers: ReadonlyMap<unknown, unknown>) {
    this.answers = answers;
  }

  /** Of a question that was asked. */
  to<Answer>(question: Question<never, Answer>): Answer {
    if (!this.answers.has(question)) throw new Error("an answer was looked for to a question that was never asked");
    return this.answers.get(question) as Answer;
  }
}

/** The lines of all sections of a name, or undefined when there is none. */
export const linesOf = (said: Said, name: string): string[] | undefined =>
  said.get(name)?.flatMap(({ lines }) => lines);
