import { relative } from "node:path";
import type { Vitest } from "vitest/node";

/** What a whole run of the suite came to. */
export interface Outcome {
  passed: number;
  skipped: number;
  failures: Failure[];
}

/** One test that failed, or one thing outside of tests (a file that can't be loaded, a hook, a stray error, a check). */
export interface Failure {
  /** "test/x.test.ts > suite > test", or the check. */
  where: string;
  message: string;
}

/** Adds what a finished run found. A test that never ran to its end has not passed. @param root what paths are told from */
export function addOutcome(state: Vitest["state"], root: string, outcome: Outcome): void {
  for (const module of state.getTestModules()) {
    const file = relative(root, module.moduleId);
    const fail = (name: string, message = "") =>
      outcome.failures.push({ where: name ? `${file} > ${name}` : file, message });
    for (const test of module.children.allTests()) {
      const { state: end, errors } = test.result();
      if (end === "passed" || end === "skipped") outcome[end]++;
      else fail(test.fullName, end === "pending" ? "it never ended" : errors?.[0]?.message);
    }
    for (const { message } of module.errors()) fail("", message);
    for (const suite of module.children.allSuites())
      for (const { message } of suite.errors()) fail(suite.fullName, message);
  }
  for (const error of state.getUnhandledErrors())
    outcome.failures.push({ where: "outside of tests", message: messageOf(error) });
}

const messageOf = (error: unknown): string => String((error as Partial<Error> | undefined)?.message ?? error);

/** Lines kept of a failure's message: the whole stands where it happened. */
const LINES = 12;

/**
 * What a run ends with: each failure, told again because what was printed when it happened is far above, and
 * "12 passed, 0 failed, 1 skipped"; the last part only when there are any.
 */
export function closingLines({ passed, skipped, failures }: Outcome): string {
  const told = failures.map(({ where, message }) => {
    const lines = message.split("\n");
    const shown = lines.length > LINES ? [...lines.slice(0, LINES), "…"] : lines;
    return [`FAILED  ${where}`, ...shown.map((line) => `    ${line}`)].join("\n");
  });
  const counts = `${passed} passed, ${failures.length} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
  return [...told, counts].join("\n");
}
