import { found, unknown, type Answer } from "../../remote/answer.ts";
import type { Question } from "../../remote/question.ts";
import { decode, fn, quote } from "../../remote/sh.ts";
import { mergeRecords, type Shape } from "../shape.ts";

export type Records = Shape["records"];

const READ_SECONDS = 60;

/** Asks each keeper once for all services what it keeps. One that is not there keeps nothing. */
export const RECORDS: Question<Records, (keeper: string) => Answer<Records[string]>> = {
  ask: (items) => [
    ...fn("read_records", [
      `[ -x "$1" ] || { echo "#fleet:no-records $1"; return 0; }`,
      `if told=$(printf '%s\\n' "$2" | timeout ${READ_SECONDS} "$1" read); then echo "#fleet:records $1"; ` +
        `else echo "#fleet:unreadable $1"; fi`,
      `printf '%s\\n' "$told" | base64`,
    ]),
    ...Object.entries(items.reduce(mergeRecords, {})).map(
      ([keeper, records]) => `read_records ${quote(keeper)} ${quote(JSON.stringify(records))}`,
    ),
  ],
  read(said) {
    const section = (name: string, keeper: string) =>
      said.get(name)?.filter(({ args }) => args.join(" ") === keeper) ?? [];
    return (keeper) => {
      const [told, none, failed] = ["records", "no-records", "unreadable"].map((name) => section(name, keeper));
      const why = (reason: string) => unknown(`${keeper} could not read its records: ${reason}`);
      if (told!.length + none!.length + failed!.length !== 1) return why("it gave no answer");
      if (none!.length > 0) return found({});
      if (failed!.length > 0) return why(decode(failed![0]!.lines).toString("utf8").trim());
      try {
        const records: unknown = JSON.parse(decode(told![0]!.lines).toString("utf8"));
        if (typeof records === "object" && records !== null && !Array.isArray(records))
          return found(records as Records[string]);
      } catch {
        // Told below.
      }
      return why("it printed no JSON object");
    };
  },
};
