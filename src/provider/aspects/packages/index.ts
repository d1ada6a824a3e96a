import type { Aspect } from "../aspect.ts";
import { want } from "../../remote/question.ts";
import { quoteAll } from "../../remote/sh.ts";
import { readEach } from "../reading.ts";
import { only, type Numbered } from "../steps.ts";
import { installPart } from "./install.ts";
import { PACKAGES } from "./question.ts";

/** What the distribution brings. A package that was installed stays, whoever lets go of it: others may need it by now. */
export const packages: Aspect = {
  look: ({ packages }) => want(PACKAGES, packages),

  read({ packages }, told) {
    if (packages.length === 0) return { found: {} };
    const { found, unknown } = readEach(packages, told.to(PACKAGES));
    return { found: { packages: packages.filter((name) => name in found) }, unknown };
  },

  plan(desired, found) {
    const missing = [...new Set(desired.packages)].filter((name) => !found.packages.includes(name));
    return [
      ...(missing.length > 0 ? [{ do: "install" as const, packages: missing }] : []),
      ...(desired.packages.length > 0 ? [{ do: "need-packages" as const, packages: desired.packages }] : []),
    ];
  },

  apply: (plans) =>
    installPart(
      plans.flatMap(({ n, steps }) => only(steps, "install").map(({ packages }) => ({ n, packages }))),
      plans.flatMap(({ steps }) => steps.flatMap((step) => ("unit" in step ? [step.unit] : []))),
    ),
};

/** Says of services that failed which files of their packages are gone, such as a folder in /etc that was deleted. */
export const lostPart = (plans: readonly Numbered[]): string[] =>
  plans.flatMap(({ n, steps }) =>
    only(steps, "need-packages").map(
      ({ packages }) => `ok ${n} || name_lost ${quoteAll(packages)} >>"$work/${n}.log" 2>/dev/null`,
    ),
  );
