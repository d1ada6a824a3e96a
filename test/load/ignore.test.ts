import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { root } from "../../src/setup/paths.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fleet-ignore-"));
  await mkdir(join(folder, "stacks", "s"), { recursive: true });
});
afterEach(() => rm(folder, { recursive: true }));

/** Reads the rules as the command does: Node itself, in a process of its own. */
async function load(file?: string): Promise<unknown> {
  if (file !== undefined)
    await writeFile(
      join(folder, "stacks", "s", "ignore.ts"),
      `import { ignoreDrift } from "${root}/src/model/ignore.ts";\n${file}`,
    );
  const code =
    `import { loadIgnoreRules } from "${root}/src/load/ignore.ts"; ` +
    `console.log(JSON.stringify(await loadIgnoreRules("s", ${JSON.stringify(folder)}).catch((error) => ` +
    "error.message)));";
  return JSON.parse((await promisify(execFile)(process.execPath, ["--input-type=module", "-e", code])).stdout);
}

const rule = { resource: "web/nginx", path: 'files["/etc/x"]', reason: "being moved", until: "2027-01-31" };

test.each([
  ["no file", undefined, []],
  ["no rules", "export default [];", []],
  ["rules", `export default [ignoreDrift(${JSON.stringify(rule)})];`, [rule]],
  [
    "no list",
    "export const rules = [];",
    "stacks/s/ignore.ts: its default export must be a list of rules made by ignoreDrift({…})",
  ],
  [
    "a rule without a day",
    'export default [ignoreDrift({ resource: "a", reason: "r" })];',
    expect.stringContaining('stacks/s/ignore.ts: ignore rule for "a" is not valid\n  until: '),
  ],
  ["a broken file", "export default [", expect.stringContaining("stacks/s/ignore.ts: ")],
])("%s", async (_what, file, expected) => expect(await load(file)).toEqual(expected));
