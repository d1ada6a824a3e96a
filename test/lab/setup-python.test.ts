import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { pythonWith } from "../../src/setup/python.ts";

const HASH = `--hash=sha256:${"0".repeat(64)}`;

test.each([
  ["no hash", "six==1.17.0", /Hashes are required/],
  ["another hash", `six==1.17.0 ${HASH}`, /DO NOT MATCH THE HASHES/],
])("a Python package with %s is refused", async (_what, line, message) => {
  const folder = await mkdtemp(join(tmpdir(), "fleet-python-"));
  try {
    const requirements = join(folder, "requirements.txt");
    await writeFile(requirements, `${line}\n`);
    await expect(pythonWith(requirements)).rejects.toThrow(message);
  } finally {
    await rm(folder, { recursive: true });
  }
});
