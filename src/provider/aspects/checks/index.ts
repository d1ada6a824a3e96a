import type { Check } from "../../../model/bundle.ts";
import { want } from "../../remote/question.ts";
import { fn, quote } from "../../remote/sh.ts";
import type { Aspect } from "../aspect.ts";
import { reveal } from "../secrets.ts";
import type { CheckShape, Shape } from "../shape.ts";
import { only, type Numbered, type Step } from "../steps.ts";
import { mayListen, PORTS, watchedPort } from "./ports.ts";

/**
 * Validations of new files, health checks, and between changes whether the service listens where its checks say so. A
 * service whose units run and that does not listen is deaf; one whose units do not run has drifted enough.
 */
export const checks: Aspect = {
  look: ({ checks, units }) =>
    Object.entries(units).some(([name, unit]) => mayListen(name, unit))
      ? want(
          PORTS,
          checks.flatMap((check) => watchedPort(check) ?? []),
        )
      : [],

  read({ checks, units }, told, { found }) {
    const isRunning = Object.entries(units).every(
      ([name, { active }]) => active !== true || found.units[name]?.active === true,
    );
    const mayBeDeaf = isRunning && Object.entries(units).some(([name, unit]) => mayListen(name, unit));
    const unknown: string[] = [];
    const answered = checks.map(({ problem: _, ...check }): CheckShape => {
      const watched = mayBeDeaf ? watchedPort(check) : undefined;
      if (!watched) return check;
      const answer = told.to(PORTS)(watched);
      if (answer.is === "unknown") unknown.push(answer.why);
      return answer.is === "absent"
        ? { ...check, problem: `nothing listens on ${watched.protocol} port ${watched.port}` }
        : check;
    });
    return { found: { checks: answered }, unknown };
  },

  /** Files that a change has put there before it was cut off may not have been validated. */
  plan(desired, found, { planned }) {
    const files =
      only(planned, "write", "attributes", "remove", "bring-back", "fetch").length > 0 ||
      found.unfinished !== undefined;
    return [
      ...(files ? validateSteps(desired) : []),
      ...desired.checks.map(({ problem: _, ...check }): Step => ({ do: "check", check: reveal(check) as Check })),
    ];
  },
};

export const validateSteps = ({ validations }: Shape): Step[] =>
  validations.map(({ command }) => ({ do: "validate", command: String(reveal(command)) }));

/** Commands that must succeed with the new files in place; else those go before any unit has noticed them. */
export const validatePart = (plans: readonly Numbered[]): string[] =>
  plans.flatMap(({ n, steps }) => {
    const commands = only(steps, "validate");
    return [
      ...commands.flatMap(({ command }, i) => [
        ...fn(`validate_${n}_${i}`, [`set +e; eval ${quote(command)}`]),
        `run ${n} ${quote(`refused by its validation: ${command}`)} validate_${n}_${i}`,
      ]),
      ...(commands.length > 0 ? [`ok ${n} || undo_${n}`] : []),
    ];
  });
