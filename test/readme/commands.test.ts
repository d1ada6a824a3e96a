import { Command, CommanderError } from "commander";
import { expect, test } from "vitest";
import project from "../../package.json" with { type: "json" };
import { buildProgram } from "../../src/cli/program.ts";
import { blocksOf, documents, inlineCode, readDocument, words, type Document } from "./documents.ts";

/** Every command line of this project that a page names, in its prose or in its blocks. */
const commandLinesOf = (document: Document): string[] => {
  const inBlocks = blocksOf(document)
    .filter(({ language }) => language !== "ts" && language !== "json")
    .flatMap(({ text }) => text.split("\n").map((line) => line.replace(/^\$ /, "")));
  return [...inlineCode(document), ...inBlocks]
    .map((line) =>
      line
        .split(/\s+# /)[0]!
        .replaceAll(/<stack>|<fleet>/g, "alaivos")
        .trim(),
    )
    .filter((line) => /^(npx fleet|fleet|npm run) \S|^npm test/.test(line) && !line.endsWith("fleet <command>"));
};

/**
 * What is wrong with a command line; nothing of it is run. Without npx it is a mention, which may leave arguments out.
 */
async function problemOf(line: string): Promise<string | undefined> {
  const [program, ...args] = words(line);
  if (program === "npm") return problemOfNpm(args);
  if (program === "npx") return problemOfFleet(args.slice(1));
  const problem = await problemOfFleet(args);
  return problem?.includes("missing required argument") ? undefined : problem;
}

async function problemOfNpm([verb, ...rest]: string[]): Promise<string | undefined> {
  const [name, args] = verb === "test" ? ["test", rest] : [rest[0]!, rest.slice(1)];
  const script = (project.scripts as Record<string, string>)[name];
  if (script === undefined) return `package.json has no script ${name}`;
  if (args.length > 0 && args[0] !== "--") return "arguments of a script come after --";
  const [, command] = /^node src\/cli\/fleet\.mjs (\w+)$/.exec(script) ?? [];
  return command ? problemOfFleet([command, ...args.slice(1)]) : undefined;
}

class Accepted extends Error {}

async function problemOfFleet(args: string[]): Promise<string | undefined> {
  const program = buildProgram().hook("preAction", () => {
    throw new Accepted();
  });
  silence(program);
  try {
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    if (error instanceof Accepted || (error instanceof CommanderError && error.exitCode === 0)) return undefined;
    return (error as Error).message;
  }
  return "nothing would be run";
}

function silence(command: Command): void {
  command.configureOutput({ writeErr: () => {}, writeOut: () => {} });
  command.commands.forEach(silence);
}

test.each(documents)("every command line in $path is one that exists", async (document) => {
  const problems = await Promise.all(
    commandLinesOf(document).map(async (line) => ({ line, problem: await problemOf(line) })),
  );
  expect(problems.filter(({ problem }) => problem !== undefined)).toEqual([]);
});

test.each([
  ["npx fleet up alaivos --lab --json", undefined],
  ["npx fleet ssh alaivos ghost-01 --lab -- systemctl stop nginx --now", undefined],
  ["npm run demo -- --keep", undefined],
  ["npm test -- test/model", undefined],
  ["fleet check", undefined],
  ["fleet chek", /unknown command/],
  ["npx fleet upp alaivos", /unknown command 'upp'/],
  ["npx fleet up", /missing required argument/],
  ["npx fleet up alaivos --labs", /unknown option/],
  ["npm run demo -- --nothing", /unknown option/],
  ["npm run demonstration", /no script/],
])("%s", async (line, expected) => {
  const problem = await problemOf(line);
  if (expected) expect(problem).toMatch(expected);
  else expect(problem).toBeUndefined();
});

const leaves = (command: Command, name = ""): { name: string; options: string[] }[] =>
  command.commands.length > 0
    ? command.commands.flatMap((child) => leaves(child, `${name} ${child.name()}`.trim()))
    : [{ name, options: command.options.map((option) => option.long!) }];

test("docs/commands.md tells every command with each of its options", () => {
  const rows = readDocument("docs/commands.md")
    .text.split("\n")
    .filter((line) => line.startsWith("|"));
  const untold = leaves(buildProgram()).flatMap(({ name, options }) => {
    const row = rows.find((line) => line.includes(`npx fleet ${name}`));
    return row ? options.filter((option) => !row.includes(option)).map((option) => `${name} ${option}`) : [name];
  });
  expect(untold).toEqual([]);
});
