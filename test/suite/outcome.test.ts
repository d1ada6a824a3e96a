import { expect, test } from "vitest";
import { addOutcome, closingLines, type Failure, type Outcome } from "../../src/suite/outcome.ts";

const long = Array.from({ length: 20 }, (_, n) => `line ${n + 1}`).join("\n");

test.each<[string, Failure[], number, string]>([
  ["nothing", [], 0, "12 passed, 0 failed"],
  ["skipped tests", [], 3, "12 passed, 0 failed, 3 skipped"],
  ["a failure", [{ where: "a > b", message: "no\nyes" }], 0, "FAILED  a > b\n    no\n    yes\n12 passed, 1 failed"],
  [
    "a long one",
    [{ where: "a", message: long }],
    0,
    `FAILED  a\n${Array.from({ length: 12 }, (_, n) => `    line ${n + 1}\n`).join("")}    …\n12 passed, 1 failed`,
  ],
])("a run ends with %s", (_, failures, skipped, lines) =>
  expect(closingLines({ passed: 12, skipped, failures })).toBe(lines),
);

interface FakeModule {
  tests?: [name: string, state: string, message?: string][];
  errors?: string[];
  suiteErrors?: string[];
}

const stateOf = (modules: FakeModule[], unhandled: unknown[] = []) =>
  ({
    getTestModules: () =>
      modules.map(({ tests = [], errors = [], suiteErrors = [] }) => ({
        moduleId: "/root/test/x.test.ts",
        errors: () => errors.map((message) => ({ message })),
        children: {
          allTests: () =>
            tests.map(([fullName, state, message]) => ({
              fullName,
              result: () => ({ state, errors: message === undefined ? undefined : [{ message }] }),
            })),
          allSuites: () => [{ fullName: "suite", errors: () => suiteErrors.map((message) => ({ message })) }],
        },
      })),
    getUnhandledErrors: () => unhandled,
  }) as unknown as Parameters<typeof addOutcome>[0];

const none: Outcome = { passed: 0, skipped: 0, failures: [] };
const failure = (where: string, message: string) => ({ where, message });

test.each<[string, ReturnType<typeof stateOf>, Outcome]>([
  ["nothing", stateOf([]), none],
  [
    "tests of each kind",
    stateOf([
      {
        tests: [
          ["a", "passed"],
          ["b", "passed"],
          ["c", "failed", "no"],
        ],
      },
      { tests: [["d", "skipped"]] },
    ]),
    { passed: 2, skipped: 1, failures: [failure("test/x.test.ts > c", "no")] },
  ],
  [
    "a test that never ended",
    stateOf([{ tests: [["a", "pending"]] }]),
    { ...none, failures: [failure("test/x.test.ts > a", "it never ended")] },
  ],
  [
    "a file that can't be loaded",
    stateOf([{ errors: ["no such module"] }]),
    { ...none, failures: [failure("test/x.test.ts", "no such module")] },
  ],
  [
    "a hook that failed",
    stateOf([{ tests: [["a", "skipped"]], suiteErrors: ["no"] }]),
    { passed: 0, skipped: 1, failures: [failure("test/x.test.ts > suite", "no")] },
  ],
  [
    "stray errors",
    stateOf([{ tests: [["a", "passed"]] }], [new Error("late"), "thrown"]),
    { passed: 1, skipped: 0, failures: [failure("outside of tests", "late"), failure("outside of tests", "thrown")] },
  ],
])("%s is added", (_, state, expected) => {
  const outcome: Outcome = { passed: 0, skipped: 0, failures: [] };
  addOutcome(state, "/root", outcome);
  expect(outcome).toEqual(expected);
});
