/** What the part of a rollback that is about units leaves of every change of one: what it was, and never more. */
import { expect, test } from "vitest";
import { rerunLines, undoEnabling, undoUnits, unitsPart } from "../../../src/provider/aspects/units/apply.ts";
import { NOTHING } from "../../../src/provider/aspects/shape.ts";
import { only, type Step } from "../../../src/provider/aspects/steps.ts";
import type { Before } from "../../../src/provider/remote/journal.ts";
import { inPlace } from "../../../src/provider/systems/in-place.ts";
import { planService } from "../../../src/provider/systems/plan.ts";
import { KNOWN, shape } from "../fixtures.ts";

const UNIT = "web.service";
const STATES = [true, false, "masked", "masked-runtime", "enabled-runtime"] as const;

/** Links in /etc and in /run, and whether it runs. */
interface State {
  enabled: boolean;
  masked: boolean;
  enabledNow: boolean;
  maskedNow: boolean;
  active: boolean;
}
const stateOf = (enabled: unknown, active: unknown): State => ({
  enabled: enabled === true,
  masked: enabled === "masked",
  enabledNow: enabled === "enabled-runtime",
  maskedNow: enabled === "masked-runtime",
  active: active === true,
});

/** As systemctl does. */
function systemctl(state: State, command: string): void {
  const isRuntime = command.includes("--runtime");
  const verb = /systemctl (?:--\S+ )*(\S+)/.exec(command)![1];
  if (verb === "stop") state.active = false;
  if (verb === "restart" || verb === "reload-or-restart") state.active ||= !state.masked && !state.maskedNow;
  if (verb === "enable" || verb === "disable") state[isRuntime ? "enabledNow" : "enabled"] = verb === "enable";
  if (verb === "mask" || verb === "unmask") state[isRuntime ? "maskedNow" : "masked"] = verb === "mask";
}
const run = (state: State, lines: readonly string[]) =>
  lines
    .flatMap((line) => line.split("; "))
    .filter((line) => line.startsWith("systemctl "))
    .forEach((line) => systemctl(state, line));

/** Every plan that has something to do with the unit. */
function* plans(): Generator<[string, unknown, State, Step[]]> {
  const founds = [
    undefined,
    ...STATES.flatMap((enabled) => [true, false, "failed"].map((active) => ({ enabled, active }))),
  ];
  for (const found of founds)
    for (const enabled of [true, false])
      for (const active of [true, false])
        for (const packages of [[], ["web"]])
          for (const text of [undefined, "[Service]\n"]) {
            const desired = shape({ packages, units: { [UNIT]: { enabled, active, text } } });
            const seen = {
              ...desired,
              packages: [],
              units: found ? { [UNIT]: { ...desired.units[UNIT]!, text: text && "old", ...found } } : {},
            };
            const start = found ? stateOf(found.enabled, found.active) : stateOf(false, false);
            yield [
              JSON.stringify([found, { enabled, active, packages, text }]),
              found,
              start,
              planService(inPlace, desired, seen as never, KNOWN),
            ];
          }
  for (const was of [
    "absent",
    ...STATES.flatMap((enabled) => [true, false].map((active) => ({ enabled, active }))),
  ] as const)
    for (const active of [true, false]) {
      const seen = shape({ units: { [UNIT]: { active } } });
      const before = [{ unit: UNIT, was }] as Before[];
      yield [
        `retired: ${JSON.stringify([was, active])}`,
        { enabled: true, active },
        stateOf(true, active),
        planService(inPlace, NOTHING, seen, { ...KNOWN, before }),
      ];
    }
}

test("whatever was done to a unit, undone it is as it was, and what was off or absent is neither running nor enabled", () => {
  let touched = 0;
  for (const [name, found, start, steps] of plans()) {
    if (only(steps, "unit", "retire").length === 0) continue;
    touched += 1;
    const numbered = [{ n: 0, service: "web", steps }];
    for (const isDone of [true, false]) {
      const state = { ...start };
      // Packages start what they bring, too.
      if (isDone)
        run(
          state,
          unitsPart(numbered, { restart: "systemctl restart --", reload: "systemctl reload-or-restart --" }, []),
        );
      if (found === undefined && isDone) Object.assign(state, { active: true });
      run(state, [...undoUnits(0, steps), ...undoEnabling(steps), ...rerunLines(steps)]);
      expect(state, `${name}, ${isDone ? "done" : "not begun"}`).toEqual(start);
    }
  }
  expect(touched).toBeGreaterThan(100);
});
