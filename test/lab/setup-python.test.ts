import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { pythonWith } from "../../src/setup/python.ts";

test("a Python package without a hash is refused", async () => {
  const folder = await mkdtemp(join(tmpdir(), "fleet-python-"));
  try {
    const requirements = join(folder, "requirements.txt");
    await writeFile(requirements, "six==1.17.0\n");
    await expect(pythonWith(requirements)).rejects.toThrow(/Hashes are required/);
  } finally {
    await rm(folder, { recursive: true });
  }
});
