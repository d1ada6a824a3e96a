import { expect, test } from "vitest";
import { bundleSchema } from "../../src/model/bundle.ts";
import {
  cron,
  cronProblem,
  daily,
  everyMinutes,
  hourly,
  timerAt,
  timerEvery,
  weekly,
} from "../../src/model/schedule.ts";

test.each([
  "* * * * *",
  "30 2 * * *",
  "*/5 0-6 1,15 jan-mar mon-fri",
  "0 0 31 12 7",
  "59 23 1 1 0",
  "0-30/10 * * * SUN",
])("%s is a cron schedule", (text) => {
  expect(cronProblem(text)).toBeUndefined();
  expect(cron(text)).toBe(text);
});

test.each([
  ["", "five fields"],
  ["* * * *", "five fields"],
  ["* * * * * *", "five fields"],
  ["*  * * * *", "five fields"],
  ["@daily", "five fields"],
  ["60 * * * *", "minute must be from 0 to 59"],
  ["* 24 * * *", "hour must be"],
  ["* * 0 * *", "day must be"],
  ["* * * 13 *", "month must be"],
  ["* * * * 8", "weekday must be"],
  ["5-1 * * * *", "minute"],
  ["*/0 * * * *", "minute"],
  ["1/5 * * * *", "minute"],
  ["x * * * *", "minute"],
  ["*-5 * * * *", "minute"],
  ["1, * * * *", "minute"],
  ["* * * foo *", "month"],
])("%j is refused: %s", (text, problem) => {
  expect(cronProblem(text)).toContain(problem);
  expect(() => cron(text)).toThrow(problem);
  expect(bundleSchema.safeParse({ cron: { job: { schedule: text, command: "true" } } }).success).toBe(false);
});

test("helpers give cron schedules", () => {
  expect([daily("02:30"), weekly("sunday", "00:05"), hourly(), hourly(17), everyMinutes(1), everyMinutes(15)]).toEqual([
    "30 2 * * *",
    "5 0 * * sun",
    "0 * * * *",
    "17 * * * *",
    "* * * * *",
    "*/15 * * * *",
  ]);
  expect(() => daily("24:00")).toThrow('must be a time of the day such as "02:30" (found "24:00")');
  expect(() => hourly(60)).toThrow("minute must be from 0 to 59");
});

test("timers", () => {
  expect(timerAt("02:30")).toEqual({ onCalendar: "*-*-* 02:30:00" });
  expect(timerAt("02:30", { days: ["monday", "sunday"], timeZone: "Europe/Oslo" })).toEqual({
    onCalendar: "Mon,Sun *-*-* 02:30:00 Europe/Oslo",
  });
  expect(() => timerAt("02:30", { timeZone: "Oslo" })).toThrow("IANA time zone");
  expect([timerEvery("30 seconds"), timerEvery("1 minute"), timerEvery("6 hours"), timerEvery("2 days")]).toEqual([
    { every: 30 },
    { every: 60 },
    { every: 21600 },
    { every: 172800 },
  ]);
  expect(() => timerEvery("0 seconds")).toThrow("every");
  expect(() => timerEvery("1.5 hours")).toThrow("every");
});
