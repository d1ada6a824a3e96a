import { isDeepStrictEqual } from "node:util";
import type { Facts } from "./facts.ts";
import { only, type Numbered, type Step } from "./steps.ts";
import { fn, quote } from "../remote/sh.ts";
import { mapValues, mergeRecords, type Shape } from "./types.ts";

/**
 * Records: what a program keeps in a store of its own. A keeper is called with `read`, `write` or `remove` and gets
 * lines of JSON on standard input, each {name: fields}. `read` prints one such object with those that are there, each
 * with the fields that were asked for, as they are. When it fails it says why on standard output.
 */
export type Records = Shape["records"];

const READ_SECONDS = 60;
const WRITE_SECONDS = 120;

/** Asks each keeper once for all services. One that is not there keeps nothing. */
export function readRecordsPart(shapes: readonly Shape[]): string[] {
  const all = shapes.map(({ records }) => records).reduce(mergeRecords, {});
  if (Object.keys(all).length === 0) return [];
  return [
    ...fn("read_records", [
      `[ -x "$1" ] || return 0`,
      `if told=$(printf '%s\\n' "$2" | timeout ${READ_SECONDS} "$1" read); then echo "#fleet:records $1"; ` +
        `else echo "#fleet:unreadable $1"; fi`,
      `printf '%s\\n' "$told" | base64`,
    ]),
    ...Object.entries(all).map(
      ([keeper, records]) => `read_records ${quote(keeper)} ${quote(JSON.stringify(records))}`,
    ),
  ];
}

/** What is there of the declared ones; what a keeper tells beyond them is not ours. */
export const foundRecords = (declared: Records, told: Facts["records"]): Records =>
  mapValues(declared, (records, keeper) =>
    Object.fromEntries(
      Object.keys(records).flatMap((name) => {
        const found = told.get(keeper)?.[name];
        return found === undefined ? [] : [[name, found]];
      }),
    ),
  );

/** Why records of a service cannot be told from what its host said. */
export const unreadableRecords = ({ records }: Shape, { unreadable }: Facts): string | undefined =>
  Object.keys(records)
    .filter((keeper) => unreadable.has(keeper))
    .map((keeper) => `${keeper} could not read its records: ${unreadable.get(keeper)}`)[0];

/**
 * A keeper may take a part of a record, such as a secret, from a file of the service: when a file changes, all are
 * written.
 */
export function planRecords(desired: Records, found: Records, filesChange: boolean): Step[] {
  return Object.keys({ ...found, ...desired }).flatMap((keeper): Step[] => {
    const [wanted, there] = [desired[keeper] ?? {}, found[keeper] ?? {}];
    const gone = Object.entries(there).filter(([name]) => !(name in wanted));
    const wrong = Object.entries(wanted).filter(
      ([name, fields]) => filesChange || !isDeepStrictEqual(there[name], fields),
    );
    return (
      [
        ["remove", gone],
        ["write", wrong],
      ] as const
    ).flatMap(([verb, records]) =>
      records.length === 0 ? [] : [{ do: "records", keeper, verb, records: Object.fromEntries(records) }],
    );
  });
}

/**
 * Comes when the units run and the health checks have passed: the keeper may need them. Each keeper is told once for
 * all services; when that fails, for each service by itself, to tell whose fault it is.
 */
export function writeRecordsPart(plans: Numbered[]): string[] {
  const wanted = plans.flatMap(({ n, steps }) => only(steps, "records").map((step) => ({ n, ...step })));
  return [...Map.groupBy(wanted, ({ keeper, verb }) => `${verb} ${keeper}`).values()].flatMap((group, g) => [
    ...fn(`records_${g}`, tellLines(group)),
    `${group.map(({ n }) => `ok ${n}`).join(" || ")} && ! records_${g} && {`,
    ...group.flatMap((one) => [
      ...fn(`records_${g}_${one.n}`, tellLines([one])),
      `run ${one.n} ${quote(failureOf(one))} records_${g}_${one.n}`,
    ]),
    "}",
  ]);
}

const failureOf = ({ verb, keeper, records }: Extract<Step, { do: "records" }>): string =>
  `records could not be ${verb === "write" ? "written" : "removed"} by ${keeper}: ${Object.keys(records).join(", ")}`;

/** Tells a keeper of the records of those services that have not failed. */
function tellLines(
  group: { n: number; keeper: string; verb: "write" | "remove"; records: Records[string] }[],
): string[] {
  const { keeper, verb } = group[0]!;
  return [
    "{",
    ...group.map(({ n, records }) => `ok ${n} && printf '%s\\n' ${quote(JSON.stringify(records))}`),
    `:; } >"$work/records"`,
    `${verb === "remove" ? `[ ! -x ${quote(keeper)} ] || ` : ""}timeout ${WRITE_SECONDS} ${quote(keeper)} ${verb} ` +
      `<"$work/records"`,
  ];
}
