import { expect, test } from "vitest";
import { importsOf } from "../../src/touched/imports.ts";

test.each([
  ["nothing", "", [], false],
  ["a module", 'import { a } from "../../services/a/index.ts";', ["services/a/index.ts"], false],
  [
    "what is given on",
    'export * from "./b.ts"; export { c } from "./c.ts"; export const d = 1;',
    ["hosts/x/b.ts", "hosts/x/c.ts"],
    false,
  ],
  ["types", 'import type { A } from "./a.ts"; type B = import("./b.ts").B;', ["hosts/x/a.ts", "hosts/x/b.ts"], false],
  [
    "what is loaded later",
    'const a = await import("./a.ts"); require("./b.cjs"); import(`./c.ts`);',
    ["hosts/x/a.ts", "hosts/x/b.cjs", "hosts/x/c.ts"],
    false,
  ],
  ["what nobody knows before it runs", "await import(name);", [], true],
  ["packages", 'import { z } from "zod"; import fs from "node:fs";', [], false],
  ["text that only looks so", "// import './a.ts'\nconst s = \"import('./b.ts')\";", [], false],
  ["a module that does not compile", 'import { a } from "./a.ts"; const = {', ["hosts/x/a.ts"], false],
])("importsOf finds %s", (_what, text, paths, isOpen) =>
  expect(importsOf("hosts/x/y.ts", text)).toEqual({ paths, isOpen }),
);
