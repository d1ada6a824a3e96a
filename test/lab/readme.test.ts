import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { root } from "../../src/setup/paths.ts";
import { blocksOf, commandLines, fileOf, readDocument } from "../readme/documents.ts";

/**
 * Follows the README: in a copy of the repository, writes the files that it says to write and runs the commands of its
 * `sh` blocks, in its order, each ending as it says. The main job is the first of them. `npm test` is in no such block:
 * it is what runs this.
 */

const MADE_AT_RUN_TIME = [".git", ".fleet", "node_modules"];
const SHARED = ["node_modules", ".fleet/bin", ".fleet/cache"];
const SECONDS_A_COMMAND = 300;

let copy: string;

beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), "fleet-readme-"));
  const names = (await readdir(root)).filter((name) => !MADE_AT_RUN_TIME.includes(name));
  for (const name of names) await cp(join(root, name), join(copy, name), { recursive: true });
  await mkdir(join(copy, ".fleet"));
  for (const name of SHARED) await symlink(join(root, name), join(copy, name));
});

afterAll(async () => {
  await run("npx fleet lab down alaivos --forget");
  await rm(copy, { recursive: true, force: true });
});

/** Runs a line as a person would type it, in the copy. Output of what fails is what the test shows. */
function run(line: string): Promise<{ exitCode: number | null; output: string }> {
  // What the test runner tells its own processes is not meant for others.
  const { NODE_ENV: _, VITEST: __, ...env } = process.env;
  const child = spawn("sh", ["-c", line], { cwd: copy, env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  return new Promise((resolve, reject) =>
    child.once("error", reject).once("close", (exitCode) => resolve({ exitCode, output })),
  );
}

let count = 0;
for (const block of blocksOf(readDocument("README.md"))) {
  for (const { path, text } of [fileOf(block)].filter((file) => file !== undefined))
    test(`write ${path}`, async () => {
      await mkdir(dirname(join(copy, path)), { recursive: true });
      await expect(writeFile(join(copy, path), text)).resolves.toBeUndefined();
    });
  for (const { line, exitCode } of commandLines(block)) {
    count += 1;
    test(
      `${count}. ${line}`,
      async () => {
        const ended = await run(line);
        expect(ended.exitCode, ended.output).toBe(exitCode);
      },
      SECONDS_A_COMMAND * 1000,
    );
  }
}

test("the README's main job and a command of each kind were among them", () => {
  const lines = blocksOf(readDocument("README.md"))
    .flatMap(commandLines)
    .map(({ line }) => line);
  expect(lines[0]).toBe("npm run demo");
  expect(lines).not.toContain("npm test");
  for (const command of ["preview", "up", "check", "drift", "ssh", "secrets check", "lab down"])
    expect(lines.join("\n")).toContain(`npx fleet ${command} alaivos`);
});
