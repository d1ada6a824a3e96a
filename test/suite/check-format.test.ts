import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { checkFormat } from "../../src/suite/check-format.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fleet-format-"));
  await writeFile(join(folder, ".oxfmtrc.json"), '{ "printWidth": 40 }\n');
});
afterEach(() => rm(folder, { recursive: true }));

test("files that look as they are to pass", async () => {
  await writeFile(join(folder, "port.ts"), "export const port = 443;\n");
  await expect(checkFormat(folder)).resolves.toBeUndefined();
});

test("every file that does not is named, and what mends it", async () => {
  await writeFile(join(folder, "port.ts"), "export const port=443;\n");
  await writeFile(join(folder, "ports.ts"), "export const ports = [80, 443, 3478, 5349, 11434];\n");
  await expect(checkFormat(folder)).rejects.toThrow(/npm run format[\s\S]*port\.ts[\s\S]*ports\.ts/);
});
