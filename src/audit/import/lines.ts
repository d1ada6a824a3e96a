import { code, fenced } from "../../markup/markdown.ts";
import type { Finding, Lines } from "../types.ts";

/** What would declare the findings, by the file that it belongs into, for a person to read and to copy from. */
export function linesDocument(stack: string, findings: readonly Finding[]): string {
  const all = findings.flatMap(({ lines }) => (lines ? [lines] : []));
  const files = [...Map.groupBy(all, ({ file }) => file)].map(([file, lines]) =>
    [
      `## ${code(file)}`,
      ...[...Map.groupBy(lines, ({ within }) => within ?? "")].map(([within, each]) => block(within, each)),
    ].join("\n\n"),
  );
  return [`# What would declare what \`fleet audit ${stack}\` found`, ...files].join("\n\n").concat("\n");
}

const block = (within: string, lines: readonly Lines[]): string =>
  `${within === "" ? "A new file:" : `In ${code(within)}:`}\n\n${fenced(
    lines.flatMap(({ text }) => text.trimEnd().split("\n")),
    "ts",
  )}`;
