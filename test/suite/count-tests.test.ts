import { expect, test } from "vitest";
import { closingLine, countTests } from "../../src/suite/count-tests.ts";

test.each([
  [{ passed: 0, failed: 0, skipped: 0 }, "0 passed, 0 failed"],
  [{ passed: 12, failed: 1, skipped: 0 }, "12 passed, 1 failed"],
  [{ passed: 12, failed: 0, skipped: 3 }, "12 passed, 0 failed, 3 skipped"],
])("the closing line of %j is %j", (counts, line) => expect(closingLine(counts)).toBe(line));

interface FakeModule {
  tests?: string[];
  errors?: number;
  suiteErrors?: number;
}

const stateOf = (modules: FakeModule[], unhandled = 0) =>
  ({
    getTestModules: () =>
      modules.map(({ tests = [], errors = 0, suiteErrors = 0 }) => ({
        errors: () => Array.from({ length: errors }, () => ({})),
        children: {
          allTests: () => tests.map((state) => ({ result: () => ({ state }) })),
          allSuites: () => [{ errors: () => Array.from({ length: suiteErrors }, () => ({})) }],
        },
      })),
    getUnhandledErrors: () => Array.from({ length: unhandled }, () => ({})),
  }) as unknown as Parameters<typeof countTests>[0];

test.each([
  ["nothing", stateOf([]), { passed: 0, failed: 0, skipped: 0 }],
  [
    "tests of each kind",
    stateOf([{ tests: ["passed", "passed", "failed"] }, { tests: ["skipped"] }]),
    { passed: 2, failed: 1, skipped: 1 },
  ],
  ["a test that never ended", stateOf([{ tests: ["pending"] }]), { passed: 0, failed: 1, skipped: 0 }],
  ["a file that can't be loaded", stateOf([{ errors: 1 }]), { passed: 0, failed: 1, skipped: 0 }],
  ["a hook that failed", stateOf([{ tests: ["skipped"], suiteErrors: 1 }]), { passed: 0, failed: 1, skipped: 1 }],
  ["a stray error", stateOf([{ tests: ["passed"] }], 1), { passed: 1, failed: 1, skipped: 0 }],
])("%s is counted", (_, state, expected) => {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  countTests(state, counts);
  expect(counts).toEqual(expected);
});
