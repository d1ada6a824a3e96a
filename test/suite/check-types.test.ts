import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { checkTypes } from "../../src/suite/check-types.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fleet-types-"));
  await writeFile(
    join(folder, "tsconfig.json"),
    JSON.stringify({ compilerOptions: { noEmit: true, strict: true, lib: ["es5"], types: [] } }),
  );
});
afterEach(() => rm(folder, { recursive: true }));

test("types that fit pass", async () => {
  await writeFile(join(folder, "port.ts"), "export const port: number = 443;");
  await expect(checkTypes(folder)).resolves.toBeUndefined();
});

test("every type that does not fit is named with its file and line", async () => {
  await writeFile(join(folder, "port.ts"), 'export const port: number = "443";\nexport const host: string = 1;');
  await expect(checkTypes(folder)).rejects.toThrow(
    /port\.ts\(1,14\): error TS2322[\s\S]*port\.ts\(2,14\): error TS2322/,
  );
});
