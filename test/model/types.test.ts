import { expect, test } from "vitest";
import ts from "typescript";

test("mistakes that the types refuse do not compile, and what is right does", { timeout: 60_000 }, () => {
  const { config } = ts.readConfigFile("tsconfig.json", (path) => ts.sys.readFile(path)) as {
    config: { compilerOptions: object };
  };
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, ".");
  const program = ts.createProgram(["test/model/types.test-d.ts"], options);
  const own = ts.getPreEmitDiagnostics(program, program.getSourceFile("test/model/types.test-d.ts"));
  expect(own.map((d) => ts.flattenDiagnosticMessageText(d.messageText, "\n"))).toEqual([]);
  expect(program.getSourceFile("test/model/types.test-d.ts")?.text.match(/@ts-expect-error/g)?.length).toBeGreaterThan(
    20,
  );
});
