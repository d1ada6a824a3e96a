import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../..");

/**
 * A Python with the packages of test/lab/requirements.txt, made once under .fleet/python.
 * @throws Error when python3 or its venv module is missing: `apt-get install python3-venv`.
 */
export async function testPython(): Promise<string> {
  const requirements = join(import.meta.dirname, "requirements.txt");
  const hash = createHash("sha256").update(readFileSync(requirements)).digest("hex").slice(0, 12);
  const folder = join(root, ".fleet/python", hash);
  const ready = join(folder, "ready");
  if (!existsSync(ready)) {
    rmSync(folder, { recursive: true, force: true });
    await run("python3", ["-m", "venv", folder]);
    await run(join(folder, "bin/pip"), ["install", "--quiet", "--disable-pip-version-check", "-r", requirements]);
    await run("touch", [`${ready}.new`]);
    renameSync(`${ready}.new`, ready);
  }
  return join(folder, "bin/python");
}
