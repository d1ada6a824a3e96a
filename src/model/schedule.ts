import { z } from "zod";
import { parse } from "./errors.ts";
import { timeZoneSchema } from "./time-zone.ts";

/** A cron schedule of five fields, checked. In the time zone of the host that it runs on. */
export type Cron = string & { readonly schedule: "cron" };

type Words<S extends string> = S extends `${infer Head} ${infer Rest}` ? [Head, ...Words<Rest>] : [S];
/** S itself when it has five fields between single spaces; else a type that says why not. */
type FiveFields<S extends string> = string extends S
  ? S
  : Words<S> extends infer W extends string[]
    ? "" extends W[number]
      ? { error: "write single spaces between the fields" }
      : W["length"] extends 5
        ? S
        : { error: "a cron schedule has five fields: minute hour day month weekday"; found: W["length"] }
    : never;

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const fields = [
  { name: "minute", from: 0, to: 59, words: [] as string[] },
  { name: "hour", from: 0, to: 23, words: [] },
  { name: "day", from: 1, to: 31, words: [] },
  { name: "month", from: 1, to: 12, words: months },
  { name: "weekday", from: 0, to: 7, words: weekdays },
];

/** What is wrong with a cron schedule; undefined when nothing is. */
export function cronProblem(text: string): string | undefined {
  const parts = text.split(" ");
  if (parts.length !== 5 || parts.includes(""))
    return "must have five fields with single spaces between them: minute hour day month weekday";
  for (const [i, field] of fields.entries()) {
    const ok = parts[i]!.split(",").every((item) => fieldFits(item, field));
    if (!ok)
      return (
        `${field.name} must be from ${field.from} to ${field.to}, as in "*", "5", "1-5", "*/10" or "1,15" (found ` +
        `${JSON.stringify(parts[i])})`
      );
  }
  return undefined;
}

function fieldFits(item: string, { from, to, words }: (typeof fields)[number]): boolean {
  const match = /^(\*|[a-z0-9]+)(?:-([a-z0-9]+))?(?:\/(\d+))?$/i.exec(item);
  if (!match) return false;
  const [, first = "", last, step] = match;
  const numberOf = (word: string) =>
    /^\d+$/.test(word)
      ? Number(word)
      : words.indexOf(word.toLowerCase()) < 0
        ? NaN
        : words.indexOf(word.toLowerCase()) + from;
  const inRange = (n: number) => n >= from && n <= to;
  if (step !== undefined && (Number(step) < 1 || Number(step) > to || (first !== "*" && last === undefined)))
    return false;
  if (first === "*") return last === undefined;
  return (
    inRange(numberOf(first)) && (last === undefined || (inRange(numberOf(last)) && numberOf(first) <= numberOf(last)))
  );
}

/** For arguments of services: takes what cron(), daily() and the like give. */
export const cronScheduleSchema = z
  .custom<Cron>((v) => typeof v === "string", 'must be a cron schedule such as daily("02:30")')
  .superRefine((text, context) => {
    const problem = cronProblem(text);
    if (problem) context.addIssue({ code: "custom", message: problem, input: text });
  });

/** A cron schedule: `cron("30 2 * * 1-5")`. Literals without exactly five fields do not compile. @throws ModelError */
export const cron = <const S extends string>(text: S & FiveFields<S>): Cron =>
  parse(cronScheduleSchema, text, "cron schedule");

/** A time of the day: "02:30". */
export type TimeOfDay = `${number}:${number}`;
const timeSchema = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of the day such as "02:30"');
export type Weekday = "sunday" | "monday" | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday";

/** Every day at a time: `daily("02:30")`. @throws ModelError */
export const daily = (at: TimeOfDay): Cron => checked(`${minuteAndHour(at)} * * *`);
/** Every week: `weekly("sunday", "02:00")`. @throws ModelError */
export const weekly = (day: Weekday, at: TimeOfDay): Cron => checked(`${minuteAndHour(at)} * * ${day.slice(0, 3)}`);
/** Every hour, so many minutes after its beginning. @throws ModelError */
export const hourly = (minute = 0): Cron => checked(`${minute} * * * *`);
/** Every so many minutes; only divisors of 60, because cron starts anew with every hour. */
export const everyMinutes = (minutes: 1 | 2 | 3 | 4 | 5 | 6 | 10 | 12 | 15 | 20 | 30): Cron =>
  checked(minutes === 1 ? "* * * * *" : `*/${minutes} * * * *`);

const checked = (text: string): Cron => parse(cronScheduleSchema, text, "cron schedule");
const minuteAndHour = (at: string): string => {
  const [hour, minute] = parse(timeSchema, at, "time of the day").split(":");
  return `${Number(minute)} ${Number(hour)}`;
};

/** When a systemd timer fires: at a calendar time, or again so long after its last run. */
export const timerSchema = z.union([
  z.strictObject({ onCalendar: z.string().min(1) }),
  z.strictObject({
    every: z
      .int()
      .positive()
      .max(86400 * 31),
  }),
]);
export type Timer = z.output<typeof timerSchema>;

/**
 * A timer at a time of the day, in the host's time zone or another: `timerAt("02:30", { days: ["monday"], timeZone:
 * "Europe/Oslo" })`. @throws ModelError
 */
export function timerAt(at: TimeOfDay, { days = [], timeZone }: { days?: Weekday[]; timeZone?: string } = {}): Timer {
  const zone = timeZone === undefined ? [] : [parse(timeZoneSchema, timeZone, "timer")];
  const on = days.map((d) => d[0]!.toUpperCase() + d.slice(1, 3)).join(",");
  return { onCalendar: [...(on ? [on] : []), `*-*-* ${parse(timeSchema, at, "timer")}:00`, ...zone].join(" ") };
}

const unitSeconds = { second: 1, minute: 60, hour: 3600, day: 86400 };
/** A timer that fires again so long after its last run: `timerEvery("30 seconds")`. @throws ModelError */
export function timerEvery(text: `${number} ${keyof typeof unitSeconds}${"" | "s"}`): Timer {
  const [, count, unit] = /^(\d+) (second|minute|hour|day)s?$/.exec(text) ?? [];
  return parse(
    timerSchema,
    { every: Number(count) * unitSeconds[unit as keyof typeof unitSeconds] },
    `timer "${text}"`,
  );
}
