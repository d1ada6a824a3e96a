import { showSum } from "../model/cost.ts";
import { brakeRemedy, brakeWords } from "./brake.ts";
import { hasText, isDangerous, placeWords, propertyLine, reasonWords, sidesOf, textName } from "./change-words.ts";
import { paintLine, plain, type Paint } from "./paint.ts";
import { meshWords, portWords, totals } from "./preview-head.ts";
import type { Preview, PreviewRow } from "./preview.ts";
import type { PreviewOp } from "./property-changes.ts";
import { textLines } from "./text-lines.ts";
import { fileLine, oneLine } from "../markup/visible.ts";

const COLOURS: Record<PreviewOp, Parameters<Paint>[0]> = {
  create: "green",
  update: "yellow",
  replace: "red",
  delete: "red",
  adopt: "cyan",
  failed: "red",
};
const name = (text: string): string => oneLine(text);

/** A preview for a terminal: all of it, the totals first. */
export function previewText(preview: Preview, paint: Paint = plain): string {
  const dangerous = preview.resources.filter(isDangerous);
  const lines = [
    paint("bold", `${name(preview.stack)}: ${totals(preview)}`),
    ...preview.problems.flatMap((problem) =>
      problem.split("\n").map((line) => `${paint("red", "problem")}  ${oneLine(line, 1000)}`),
    ),
    ...preview.unseen.map(
      (unseen) => `${paint("magenta", "unknown")}  ${name(unseen.name)}: ${oneLine(unseen.reason, 1000)}`,
    ),
    ...(preview.brake
      ? [`${paint("red", "brake  ")}  ${brakeWords(preview.brake, name)}; ${brakeRemedy(preview.brake)}`]
      : []),
    ...factLines(preview),
    ...dangerous.map(
      (row) =>
        `${paint("red", row.op.padEnd(8))} ${row.what} ${name(row.name)} of ` +
        `${placeWords(row.place, name)}${reasonWords(row, name)}`,
    ),
    ...[...Map.groupBy(preview.resources, (row) => placeWords(row.place, name))].flatMap(([place, rows]) => [
      "",
      paint("bold", place),
      ...rows.flatMap((row) => rowLines(row, paint)),
    ]),
  ];
  return lines.join("\n");
}

function factLines({ declared, compared, policies }: Preview): string[] {
  const cost = compared
    ? [`cost     ${name(compared.cost.before)} → ${name(compared.cost.after)}`]
    : declared
      ? [`cost     ${showSum(declared.monthlyCost.active)}`]
      : [];
  const broken = policies.flatMap(({ id, breaches }) =>
    breaches.map((breach) => `policy   ${name(id)}: ${name(breach)}`),
  );
  return [
    ...cost,
    ...(compared?.ports ?? []).map((port) => `port     ${portWords(port, name)}`),
    ...(compared?.mesh ?? []).map((change) => `mesh     ${meshWords(change, name)}`),
    ...broken,
  ];
}

function rowLines(row: PreviewRow, paint: Paint): string[] {
  return [
    `  ${paint(COLOURS[row.op], row.op.padEnd(8))} ${row.what} ${name(row.name)}`,
    ...row.changes.flatMap((change) =>
      hasText(change)
        ? [`    ${textName(change, name)}`, ...textOfChange(change, paint)]
        : [`    ${propertyLine(change, name)}`],
    ),
  ];
}

const textOfChange = (change: PreviewRow["changes"][number], paint: Paint): string[] => {
  const { before, after } = sidesOf(change);
  return textLines(before, after).map((line) => `      ${paintLine(fileLine(line), paint)}`);
};
