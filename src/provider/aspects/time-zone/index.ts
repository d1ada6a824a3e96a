import { ABSENT, found as thereIs, unknown, type Answer } from "../../remote/answer.ts";
import { linesOf, want, type Question } from "../../remote/question.ts";
import { fn, quote } from "../../remote/sh.ts";
import type { Aspect } from "../aspect.ts";
import { letGo, LOCAL } from "../before.ts";
import { only } from "../steps.ts";

const ZONES = "/usr/share/zoneinfo";
const LINK = "/etc/localtime";
/** Debian's copy of the name. */
const NAME = "/etc/timezone";
/** cron reads the zone when it starts. */
const TELL = "systemctl try-restart cron.service crond.service || true";

/** Where /etc/localtime leads: a zone's name, or the path of what is none. */
const TIME_ZONE: Question<"it", Answer<string>> = {
  ask: () => [`echo '#fleet:timezone'; if [ -L ${LINK} ]; then readlink ${LINK}; else echo none; fi`],
  read(said) {
    const [line, ...more] = linesOf(said, "timezone")?.filter((text) => text !== "") ?? [];
    if (line === undefined || more.length > 0) return unknown("time zone: the host gave no answer");
    if (line === "none") return ABSENT;
    return /^\/|^\.\.\//.test(line) ? thereIs(line.split("/zoneinfo/")[1] ?? line) : unknown(`time zone: ${line}`);
  },
};

/** The time zone of a host. */
export const timeZone: Aspect = {
  look: ({ timeZone }) => (timeZone === undefined ? [] : want(TIME_ZONE, ["it"])),

  read({ timeZone }, told) {
    if (timeZone === undefined) return { found: {} };
    const answer = told.to(TIME_ZONE);
    if (answer.is === "unknown") return { found: {}, unknown: [answer.why] };
    return { found: { timeZone: answer.is === "found" ? answer.value : undefined } };
  },

  plan(desired, found, so) {
    const was = found.timeZone ?? "";
    if (desired.timeZone !== undefined)
      return desired.timeZone === was ? [] : [{ do: "set-time-zone", zone: desired.timeZone, was }];
    // Another service's by now, or nobody's.
    if (found.timeZone === undefined) return [];
    const before = letGo(so.before, "timeZone", LOCAL);
    return typeof before === "string" || before.restore === was || !isZone(before.restore)
      ? []
      : [{ do: "set-time-zone", zone: before.restore, was }];
  },

  apply: (plans) =>
    plans.flatMap(({ n, steps }) =>
      only(steps, "set-time-zone").flatMap(({ zone }) => [
        ...fn(`zone_${n}`, [`keep ${n} ${LINK} ${NAME}`, ...setLines(zone)]),
        `run ${n} 'the time zone could not be set' zone_${n}`,
        `ok ${n} || undo_${n}`,
      ]),
    ),

  undo: ({ n, steps }) => only(steps, "set-time-zone").flatMap(() => [`restore ${n} ${LINK} ${NAME}`, TELL]),
};

/** Not "", where there was none, and no path of a file that is none. */
const isZone = (was: string): boolean => /^\w/.test(was);

const setLines = (zone: string): string[] => [
  `[ -f ${quote(`${ZONES}/${zone}`)} ] || ` +
    `{ echo ${quote(`there is no time zone ${zone} on this host: install tzdata or correct the name`)}; exit 1; }`,
  `ln -sfn -- ${quote(`${ZONES}/${zone}`)} ${LINK}`,
  `if [ -e ${NAME} ]; then printf '%s\\n' ${quote(zone)} >${NAME}; fi`,
  TELL,
];
