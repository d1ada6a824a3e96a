import type { Answer } from "../remote/answer.ts";

/** The values of those things that are there, and why others can't be told; what is absent is left out. */
export function readEach<T>(
  keys: readonly string[],
  answerTo: (key: string) => Answer<T>,
): { found: Record<string, T>; unknown: string[] } {
  const found: Record<string, T> = {};
  const unknown: string[] = [];
  for (const key of new Set(keys)) {
    const answer = answerTo(key);
    if (answer.is === "found") found[key] = answer.value;
    else if (answer.is === "unknown") unknown.push(answer.why);
  }
  return { found, unknown };
}

/** The same for things that each answer may be the reason of several of. */
export function collect<A, T>(
  declared: Record<string, A>,
  read: (value: A, key: string) => Answer<T>,
): { found: Record<string, T>; unknown: string[] } {
  return readEach(Object.keys(declared), (key) => read(declared[key]!, key));
}

/** An answer with another value; the other two stay. */
export const mapAnswer = <A, B>(answer: Answer<A>, to: (value: A) => B): Answer<B> =>
  answer.is === "found" ? { is: "found", value: to(answer.value) } : answer;
