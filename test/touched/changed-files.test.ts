import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { changedFiles, readModules } from "../../src/touched/changed-files.ts";

let folder: string;
const git = (...args: string[]) =>
  execFileSync("git", ["-c", "user.name=test", "-c", "user.email=test@example.com", ...args], {
    cwd: folder,
    encoding: "utf8",
  });
const commit = () => git("add", "-A") + git("commit", "-qm", "change");

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fleet-touched-"));
  await mkdir(join(folder, "hosts/a"), { recursive: true });
  git("init", "-qb", "main");
  for (const name of ["kept", "changed", "gone", "moved"])
    await writeFile(join(folder, "hosts/a", `${name}.ts`), `export default "${name}";\n`);
  commit();
  git("checkout", "-qb", "change");
  await writeFile(join(folder, "hosts/a/changed.ts"), "");
  git("rm", "-q", "hosts/a/gone.ts");
  git("mv", "hosts/a/moved.ts", 'hosts/a/näme with "quotes".ts');
  commit();
  git("checkout", "-q", "main");
  await writeFile(join(folder, "hosts/a/elsewhere.ts"), "");
  commit();
  git("checkout", "-q", "change");
});
afterAll(() => rm(folder, { recursive: true }));

const COMMITTED = ["hosts/a/changed.ts", "hosts/a/gone.ts", "hosts/a/moved.ts", 'hosts/a/näme with "quotes".ts'];

test("what a branch changed, and not what others did meanwhile", async () =>
  expect(await changedFiles(folder, "main")).toEqual(COMMITTED));
test("nothing since itself", async () => expect(await changedFiles(folder, "HEAD")).toEqual([]));
test("what is not committed yet counts too", async () => {
  await writeFile(join(folder, "hosts/a/new.ts"), "");
  expect(await changedFiles(folder, "main")).toEqual([...COMMITTED, "hosts/a/new.ts"].sort());
  await rm(join(folder, "hosts/a/new.ts"));
});
test.each(["nowhere", "--output=/tmp/x", ""])(
  "%j is no commit",
  async (base) =>
    await expect(changedFiles(folder, base)).rejects.toThrow(`there is no commit ${JSON.stringify(base)} here`),
);
test("modules are read by their paths", async () =>
  expect([...(await readModules(folder)).keys()]).toEqual([
    "hosts/a/changed.ts",
    "hosts/a/kept.ts",
    'hosts/a/näme with "quotes".ts',
  ]));
