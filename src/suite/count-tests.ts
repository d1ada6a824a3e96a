import type { Vitest } from "vitest/node";

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/**
 * Adds what a finished run found. What failed outside a test (a file that can't be loaded, a hook, a stray error)
 * counts as one failure each.
 */
export function countTests(state: Vitest["state"], counts: Counts): void {
  for (const module of state.getTestModules()) {
    for (const test of module.children.allTests()) counts[asCount(test.result().state)]++;
    counts.failed += module.errors().length;
    for (const suite of module.children.allSuites()) counts.failed += suite.errors().length;
  }
  counts.failed += state.getUnhandledErrors().length;
}

/** A test that never ran to its end has not passed. */
const asCount = (state: "passed" | "failed" | "skipped" | "pending"): keyof Counts =>
  state === "pending" ? "failed" : state;

/** "12 passed, 0 failed, 1 skipped"; the last part only when there are any. */
export const closingLine = ({ passed, failed, skipped }: Counts): string =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
