import { isDeepStrictEqual } from "node:util";
import { want } from "../../remote/question.ts";
import { fn, quote } from "../../remote/sh.ts";
import type { Aspect } from "../aspect.ts";
import { configurationChanges } from "../changes.ts";
import { only, type Numbered, type Step } from "../steps.ts";
import { RECORDS, type Records } from "./question.ts";
import type { RecordsStep } from "./steps.ts";

/**
 * Records: what a program keeps in a store of its own. A keeper is called with `read`, `write` or `remove` and gets
 * lines of JSON on standard input, each {name: fields}. `read` prints one such object with those that are there, each
 * with the fields that were asked for, as they are. When it fails it says why on standard output.
 */
export const records: Aspect = {
  look: ({ records }) => (Object.keys(records).length === 0 ? [] : want(RECORDS, [records])),

  /** What is there of the declared ones; what a keeper tells beyond them is not ours. */
  read({ records }, told) {
    if (Object.keys(records).length === 0) return { found: {} };
    const answerOf = told.to(RECORDS);
    const found: Records = {};
    const untold: string[] = [];
    for (const [keeper, declared] of Object.entries(records)) {
      const answer = answerOf(keeper);
      if (answer.is === "unknown") untold.push(answer.why);
      const there = answer.is === "found" ? answer.value : {};
      found[keeper] = Object.fromEntries(
        Object.keys(declared).flatMap((name) => (there[name] === undefined ? [] : [[name, there[name]]])),
      );
    }
    return { found: { records: found }, untold };
  },

  /**
   * A keeper may take a part of a record, such as a secret, from a file of the service: when a file changes, all are
   * written.
   */
  plan(desired, found, { planned }) {
    const all = configurationChanges(planned) || (found.unfinished ?? []).includes(UNFINISHED);
    return Object.keys({ ...found.records, ...desired.records }).flatMap((keeper) =>
      planKeeper(keeper, desired.records[keeper] ?? {}, found.records[keeper] ?? {}, all),
    );
  },

  apply: (plans) => writePart(plans),
};

/** What a change that was cut off has left to be done of records. */
export const UNFINISHED = "write records";

const WRITE_SECONDS = 120;

function planKeeper(keeper: string, wanted: Records[string], there: Records[string], all: boolean): Step[] {
  const gone = Object.entries(there).filter(([name]) => !(name in wanted));
  const wrong = Object.entries(wanted).filter(([name, fields]) => all || !isDeepStrictEqual(there[name], fields));
  return (
    [
      ["remove", gone],
      ["write", wrong],
    ] as const
  ).flatMap(([verb, records]): Step[] =>
    records.length === 0 ? [] : [{ do: "records", keeper, verb, records: Object.fromEntries(records) }],
  );
}

/**
 * Comes when the units run and the health checks have passed: the keeper may need them. Each keeper is told once for
 * all services; when that fails, for each service by itself, to tell whose fault it is.
 */
function writePart(plans: readonly Numbered[]): string[] {
  const wanted = plans.flatMap(({ n, steps }) => only(steps, "records").map((step) => ({ n, ...step })));
  return [...Map.groupBy(wanted, ({ keeper, verb }) => `${verb} ${keeper}`).values()].flatMap((group, g) => [
    ...fn(`records_${g}`, tellLines(group)),
    `{ ${group.map(({ n }) => `ok ${n}`).join(" || ")}; } && ! records_${g} && {`,
    ...group.flatMap((one) => [
      ...fn(`records_${g}_${one.n}`, tellLines([one])),
      `run ${one.n} ${quote(failureOf(one))} records_${g}_${one.n}`,
    ]),
    "}",
  ]);
}

const failureOf = ({ verb, keeper, records }: RecordsStep): string =>
  `records could not be ${verb === "write" ? "written" : "removed"} by ${keeper}: ${Object.keys(records).join(", ")}`;

/** Tells a keeper of the records of those services that have not failed. */
function tellLines(group: ({ n: number } & RecordsStep)[]): string[] {
  const { keeper, verb } = group[0]!;
  return [
    "{",
    ...group.map(({ n, records }) => `ok ${n} && printf '%s\\n' ${quote(JSON.stringify(records))}`),
    `:; } >"$work/records"`,
    `${verb === "remove" ? `[ ! -x ${quote(keeper)} ] || ` : ""}timeout ${WRITE_SECONDS} ${quote(keeper)} ${verb} ` +
      `<"$work/records"`,
  ];
}
