import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findMistakes } from "../../src/suite/find-mistakes.ts";
import { root } from "../../src/setup/paths.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fleet-mistakes-"));
  await cp(join(root, ".oxlintrc.json"), join(folder, ".oxlintrc.json"));
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: { strict: true, types: [] } }));
});
afterEach(() => rm(folder, { recursive: true }));

test("code without mistakes passes", async () => {
  await writeFile(join(folder, "port.ts"), "export const port = 443;\n");
  await expect(findMistakes(folder)).resolves.toBeUndefined();
});

test.each([
  ["a promise that nobody waits for", "no-floating-promises", "export function go() {\n  Promise.resolve(1);\n}\n"],
  ["what nobody uses", "no-unused-vars", "const port = 443;\nexport {};\n"],
  ["an unsafe any", "no-unsafe-assignment", 'export const port: number = JSON.parse("443");\n'],
  [
    "a case that is left out",
    "switch-exhaustiveness-check",
    'export function port(scheme: "http" | "https") {\n  switch (scheme) {\n    case "http":\n      return 80;\n  }\n' +
      "  return 443;\n}\n",
  ],
])("%s is named with its rule and line", async (_, rule, code) => {
  await writeFile(join(folder, "port.ts"), code);
  const named = new RegExp(`npm run lint[\\s\\S]*port\\.ts:[12]:.*${rule}`);
  await expect(findMistakes(folder)).rejects.toThrow(named);
});
