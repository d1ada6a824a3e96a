import { isDeepStrictEqual } from "node:util";
import type { Facts } from "./facts.ts";
import type { Numbered, Step } from "./plan.ts";
import { fn, quote } from "./sh.ts";
import { mapValues, mergeRecords, type Shape } from "./types.ts";

/**
 * Records: what a program keeps in a store of its own. A keeper is called with `read`, `write` or `remove` and gets JSON on standard input,
 * {name: fields}. `read` prints the same for those that are there, each with the fields that were asked for, as they are. When it fails it
 * says why on standard output.
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
      `if told=$(printf '%s' "$2" | timeout ${READ_SECONDS} "$1" read); then echo "#fleet:records $1"; else echo "#fleet:unreadable $1"; fi`,
      `printf '%s\\n' "$told" | base64`,
    ]),
    ...Object.entries(all).map(([keeper, records]) => `read_records ${quote(keeper)} ${quote(JSON.stringify(records))}`),
  ];
}

/** What is there of the declared ones; what a keeper tells beyond them is not ours. */
export const foundRecords = (declared: Records, told: Facts["records"]): Records =>
  mapValues(declared, (records, keeper) => Object.fromEntries(Object.keys(records).flatMap((name) => {
    const found = told.get(keeper)?.[name];
    return found === undefined ? [] : [[name, found]];
  })));

/** Why records of a service cannot be told from what its host said. */
export const unreadableRecords = ({ records }: Shape, { unreadable }: Facts): string | undefined =>
  Object.keys(records).filter((keeper) => unreadable.has(keeper)).map((keeper) => `${keeper} could not read its records: ${unreadable.get(keeper)}`)[0];

/** A keeper may take a part of a record, such as a secret, from a file of the service: when a file changes, all are written. */
export function planRecords(desired: Records, found: Records, filesChange: boolean): Step[] {
  return Object.keys({ ...found, ...desired }).flatMap((keeper): Step[] => {
    const [wanted, there] = [desired[keeper] ?? {}, found[keeper] ?? {}];
    const gone = Object.entries(there).filter(([name]) => !(name in wanted));
    const wrong = Object.entries(wanted).filter(([name, fields]) => filesChange || !isDeepStrictEqual(there[name], fields));
    return ([["remove", gone], ["write", wrong]] as const).flatMap(([verb, records]) => (records.length === 0 ? [] : [{ do: "records", keeper, verb, records: Object.fromEntries(records) }]));
  });
}

/** Comes when the units run and the health checks have passed: the keeper may need them. */
export function writeRecordsPart(plans: Numbered[]): string[] {
  return plans.flatMap(({ n, steps }) => steps.flatMap((step, i) => {
    if (step.do !== "records") return [];
    const { keeper, verb, records } = step;
    const skip = verb === "remove" ? [`[ -x ${quote(keeper)} ] || return 0`] : [];
    return [
      ...fn(`records_${n}_${i}`, [...skip, `printf '%s' ${quote(JSON.stringify(records))} | timeout ${WRITE_SECONDS} ${quote(keeper)} ${verb}`]),
      `run ${n} ${quote(`records could not be ${verb === "write" ? "written" : "removed"} by ${keeper}: ${Object.keys(records).join(", ")}`)} records_${n}_${i}`,
    ];
  }));
}
