import { fn, quote, quoteAll } from "../../remote/sh.ts";
import { only, type Numbered, type Step } from "../steps.ts";
import { checkBody, describeCheck } from "./script.ts";

/**
 * How long a unit must stay up before it counts as active, in seconds: time enough for a program to refuse its
 * configuration, and for one that reloads to stop answering with the old one.
 */
const SETTLE_SECONDS = 0.3;

/** Every service's health checks side by side; then all units at once. */
export function gatePart(plans: readonly Numbered[]): string[] {
  const gates = plans.flatMap(({ n, steps }) => gate(n, steps));
  const expected = plans.flatMap(({ n, steps }) => only(steps, "expect-active").map((step) => ({ n, ...step })));
  const started = expected.some(({ restarted }) => restarted);
  return [
    ...gates,
    ...(started ? [`sleep ${SETTLE_SECONDS} &`] : []),
    "wait",
    ...(expected.length === 0
      ? []
      : [
          `systemctl show -p ActiveState,NRestarts -- ${quoteAll(expected.map(({ unit }) => unit))} | expect_active ${expected
            .map(
              ({ n, unit, restarted }) =>
                `${n} ${quote(unit)} ${restarted && only(plans[n]!.steps, "check").length === 0 ? "yes" : "no"}`,
            )
            .join(" ")}`,
        ]),
  ];
}

function gate(n: number, steps: readonly Step[]): string[] {
  const checks = only(steps, "check");
  if (checks.length === 0) return [];
  const isReloaded = only(steps, "unit").some(({ verbs }) => verbs.includes("reload"));
  return [
    `units_${n}=${quote(quoteAll(only(steps, "expect-active").map(({ unit }) => unit)))}`,
    ...checks.flatMap(({ check }, i) => fn(`check_${n}_${i}`, [checkBody(n, check)])),
    "{",
    ...(isReloaded ? [`sleep ${SETTLE_SECONDS}`] : []),
    ...checks.map(
      ({ check }, i) => `await ${n} ${Math.ceil(check.within)} ${quote(describeCheck(check))} check_${n}_${i}`,
    ),
    "} &",
  ];
}
