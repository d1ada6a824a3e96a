import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, expect, test } from "vitest";
import { ensureActionlint } from "../../src/setup/actionlint.ts";
import { root } from "../../src/setup/paths.ts";
import { progress } from "../../src/setup/progress.mjs";

/** The workflows' YAML, as actionlint sees it. It is here because it is built with Go the first time. */

const workflows = join(root, ".github/workflows");
let actionlint: string;
beforeAll(async () => {
  actionlint = await ensureActionlint({ progress, signal: new AbortController().signal });
});

/**
 * What it says of files; nothing when they are in order. What else is on PATH is left out, so that it says the same
 * everywhere.
 */
const lint = (...files: string[]) =>
  promisify(execFile)(actionlint, ["-no-color", "-oneline", "-shellcheck=", "-pyflakes=", ...files]).then(
    ({ stdout }) => stdout,
    (error: { stdout: string }) => error.stdout,
  );

test("the workflows are in order", async () =>
  expect(await lint(...(await readdir(workflows)).map((name) => join(workflows, name)))).toBe(""));

test.each([
  ["a misspelt key", "timeout-minutes:", "timeout-minute:", "unexpected key"],
  ["a job that is not there", "needs: stacks", "needs: stack", 'needs job "stack" which does not exist'],
  ["an output that no step has", "steps.touched.outputs", "steps.touch.outputs", 'property "touch" is not defined'],
  ["a schedule that never comes", "17 5 * * *", "17 25 * * *", "invalid CRON format"],
])("%s is found", async (_what, right, wrong, message) => {
  const folder = await mkdtemp(join(tmpdir(), "fleet-actionlint-"));
  try {
    const text = await readFile(join(workflows, "drift.yml"), "utf8");
    expect(text).toContain(right);
    await writeFile(join(folder, "drift.yml"), text.replaceAll(right, wrong));
    expect(await lint(join(folder, "drift.yml"))).toContain(message);
  } finally {
    await rm(folder, { recursive: true });
  }
});
