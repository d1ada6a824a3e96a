import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { changesOf } from "../../src/engine/changes.ts";
import { driftOf } from "../../src/engine/drift.ts";
import { contextOf, parseHost } from "../../src/model/host.ts";
import type { Service } from "../../src/model/service.ts";
import { secret } from "../../src/model/text.ts";
import { root } from "../../src/setup/paths.ts";
import { blocksOf, commandLines, documents, fileOf, readDocument, type Block } from "./documents.ts";

/** sh: run by the tests · shell: not run · console: what a command printed. */
const LANGUAGES = ["sh", "shell", "console", "text", "json", "ts", ""];

test.each(documents)("every block in $path is of a kind that the tests know", (document) => {
  expect(
    blocksOf(document)
      .map(({ language }) => language)
      .filter((language) => !LANGUAGES.includes(language)),
  ).toEqual([]);
});

const jsonIn = (path: string) =>
  blocksOf(readDocument(path))
    .filter(({ language }) => language === "json")
    .map(({ text }) => JSON.parse(text) as Record<string, unknown>);

test("the JSON shapes in docs/commands.md are JSON, with the summaries that the commands print", () => {
  const summaries = jsonIn("docs/commands.md").flatMap(({ summary }) => (summary ? [Object.keys(summary)] : []));
  expect(summaries).toContainEqual(Object.keys(changesOf("any", []).summary));
  expect(summaries).toContainEqual(Object.keys(driftOf("any", []).summary));
});

/** Loads a block as if it lay two folders below the root, as host files and services do. */
async function load(block: Block): Promise<Record<string, unknown>> {
  const folder = await mkdtemp(join(tmpdir(), "fleet-block-"));
  try {
    const file = join(folder, "block.ts");
    const resolved = block.text
      .replaceAll('"../../', `"${root}/`)
      .replace('from "zod"', `from ${JSON.stringify(import.meta.resolve("zod"))}`);
    await writeFile(file, resolved);
    return (await import(/* @vite-ignore */ pathToFileURL(file).href)) as Record<string, unknown>;
  } finally {
    await rm(folder, { recursive: true });
  }
}

const tsIn = (path: string, text: string): Block =>
  blocksOf(readDocument(path)).find((block) => block.language === "ts" && block.text.includes(text))!;

test.each(["README.md", "docs/adding-a-host.md"])("the host file in %s is a host", async (path) => {
  const host = parseHost((await load(tsIn(path, "export default hetzner"))).default, path);
  expect(host).toMatchObject({ name: "ghost-02", kind: "hetzner", adopt: false, protect: false });
});

test("the ignore rules in docs/drift.md are rules", async () => {
  expect((await load(tsIn("docs/drift.md", "ignoreDrift"))).default).toMatchObject([
    { resource: "ghost-01/nginx", until: "2027-01-31" },
  ]);
});

test("the service in docs/services.md renders", async () => {
  const { redis } = (await load(tsIn("docs/services.md", 'service("redis"'))) as { redis: (args: object) => Service };
  const host = parseHost((await load(tsIn("README.md", "export default hetzner"))).default, "README.md");
  const bundle = redis({ memory: "256mb", password: secret("REDIS_PASSWORD") }).render(contextOf(host));
  expect(bundle.files["/etc/redis/fleet.conf"]!.content).toEqual({
    parts: ["maxmemory 256mb\nrequirepass ", secret("REDIS_PASSWORD"), "\n"],
  });
  expect(() => redis({ memory: "much", password: secret("REDIS_PASSWORD") })).toThrow('must be a size such as "256mb"');
});

test("what the tests run is read from a page as it is meant", () => {
  const page = {
    path: "page.md",
    text:
      "```ts\n// hosts/a/b.ts\nexport default 1;\n```\n```sh\nnpx fleet up a --lab\nnpx fleet drift a  # exits 2\n" +
      "```\n```shell\nnpx fleet up a\n```\n",
  };
  const blocks = blocksOf(page);
  expect(blocks.map((block) => fileOf(block)?.path)).toEqual(["hosts/a/b.ts", undefined, undefined]);
  expect(blocks.flatMap(commandLines)).toEqual([
    { line: "npx fleet up a --lab", exitCode: 0 },
    { line: "npx fleet drift a", exitCode: 2 },
  ]);
});
