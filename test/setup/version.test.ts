import { expect, test } from "vitest";
import { fits, isOlder, parseVersion } from "../../src/setup/version.ts";

test.each([
  ["v3.255.0", [3, 255, 0]],
  ["go version go1.26.8 linux/amd64", [1, 26, 8]],
  ["go version go1.26 linux/amd64", [1, 26, 0]],
  ["3.255.0-alpha.1", [3, 255, 0]],
  ["command not found", undefined],
])("%j is version %j", (text, version) => expect(parseVersion(text)).toEqual(version));

test.each([
  ["the same", [3, 255, 0], true],
  ["a later patch", [3, 255, 4], true],
  ["a later minor", [3, 260, 0], true],
  ["an earlier minor, although its patch is later", [3, 254, 9], false],
  ["the next major", [4, 255, 0], false],
  ["an earlier major", [2, 300, 0], false],
] as const)("a CLI of %s version fits: %j", (_, found, expected) =>
  expect(fits([...found], [3, 255, 0])).toBe(expected),
);

test("nothing is older than itself", () => expect(isOlder([1, 26, 4], [1, 26, 4])).toBe(false));
