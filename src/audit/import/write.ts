import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { StateResource } from "../../engine/state.ts";
import type { Finding } from "../types.ts";
import { linesDocument } from "./lines.ts";
import { importForFleet, importForOthers, type ImportFile } from "./pulumi.ts";

/** Writes what would declare the findings of an audit into a folder. @returns the files; none for nothing */
export async function writeImport(
  folder: string,
  { stack, findings }: { stack: string; findings: readonly Finding[] },
  state: readonly StateResource[],
): Promise<string[]> {
  const json = (file: ImportFile) => (file.resources.length > 0 ? `${JSON.stringify(file, null, 2)}\n` : undefined);
  const others = [
    ...Map.groupBy(
      findings.filter(({ host }) => host === null),
      ({ place }) => place,
    ),
  ].map(([place, there]): [string, string | undefined] => [
    `import-${place.toLowerCase().replaceAll(" ", "-")}.json`,
    json(importForOthers(there)),
  ]);
  const files = Object.entries({
    "lines.md": findings.some(({ lines }) => lines) ? linesDocument(stack, findings) : undefined,
    "import-fleet.json": json(importForFleet(findings, state)),
    ...Object.fromEntries(others),
  }).filter((file): file is [string, string] => file[1] !== undefined);
  await mkdir(folder, { recursive: true });
  await Promise.all(files.map(([name, text]) => writeFile(join(folder, name), text, { mode: 0o600 })));
  return files.map(([name]) => join(folder, name));
}
