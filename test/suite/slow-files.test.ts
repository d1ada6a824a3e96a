import { expect, test } from "vitest";
import { fileTimes, slowestFiles } from "../../src/suite/slow-files.ts";

test("a file's time is that of its imports, its set-up and its tests", () => {
  const module = {
    moduleId: "/repository/test/a.test.ts",
    diagnostic: () => ({ collectDuration: 200, setupDuration: 300, duration: 1000 }),
  };
  const state = { getTestModules: () => [module] } as unknown as Parameters<typeof fileTimes>[0];
  expect(fileTimes(state, "/repository")).toEqual([{ file: "test/a.test.ts", seconds: 1.5 }]);
});

test.each([
  ["no files", [], ""],
  ["fewer than asked for", [{ file: "a", seconds: 1 }], "The slowest files, in seconds:\n     1.0  a"],
  [
    "more than asked for: the longest first",
    [
      { file: "short", seconds: 0.04 },
      { file: "long", seconds: 515.96 },
      { file: "middle", seconds: 9 },
    ],
    "The slowest files, in seconds:\n   516.0  long\n     9.0  middle",
  ],
])("%s", (_, times, text) => expect(slowestFiles(times, 2)).toBe(text));
