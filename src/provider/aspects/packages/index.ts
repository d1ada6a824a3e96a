import type { Aspect } from "../aspect.ts";
import { want } from "../../remote/question.ts";
import { readEach } from "../reading.ts";
import { only } from "../steps.ts";
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
    return missing.length > 0 ? [{ do: "install", packages: missing }] : [];
  },

  apply: (plans) =>
    installPart(
      plans.flatMap(({ n, steps }) => only(steps, "install").map(({ packages }) => ({ n, packages }))),
      plans.flatMap(({ steps }) => steps.flatMap((step) => ("unit" in step ? [step.unit] : []))),
    ),
};
