import type { KeptFile } from "../files/kept.ts";
import type { Shape } from "../shape.ts";
import { validateSteps } from "../checks/index.ts";
import { only, type Step } from "../steps.ts";
import type { Verb } from "../units/steps.ts";
import { dataText, MODULE } from "./data.ts";

/** What nixos-rebuild does of a plan, whatever it is about. */
const SWITCHED = new Set<Step["do"]>(["install", "correct-user", "set-time-zone", "verify", "retire"]);
const SWITCHED_VERBS = new Set<Verb>(["unmask", "enable", "disable"]);

/**
 * A plan as it is carried out on NixOS: what its own configuration brings about is left to one `switch` with the
 * service's data; what nobody else may read, and what lies outside of /etc, is done in place as on any host. Accounts
 * that are missing are, too: files may belong to them before the switch makes them for good.
 */
export function throughSwitch(
  service: string,
  steps: readonly Step[],
  desired: Shape,
  found: Shape,
  files: (shape: Shape) => KeptFile[],
): Step[] {
  const builtPaths = (shape: Shape) => new Set(files(shape).flatMap(({ path, built }) => (built ? [path] : [])));
  const [wanted, gone] = [builtPaths(desired), builtPaths(found)];
  const isSwitched = (step: Step): boolean => {
    if (step.do === "write" || step.do === "attributes") return wanted.has(step.path);
    if (step.do === "remove" || step.do === "bring-back") return gone.has(step.path) || step.path === MODULE;
    return SWITCHED.has(step.do);
  };
  const own = steps.flatMap((step): Step[] => {
    if (isSwitched(step)) return [];
    if (step.do !== "unit") return [step];
    const verbs = step.verbs.filter((verb) => !SWITCHED_VERBS.has(verb));
    return verbs.length === 0 ? [] : [{ ...step, verbs }];
  });
  const leftToIt = own.length < steps.length || JSON.stringify(own) !== JSON.stringify(steps);
  const data = dataText(desired);
  if (!leftToIt && data === dataText(found)) return own;
  const isLast = (step: Step) => step.do === "validate" || step.do === "check";
  return [
    ...own.filter((step) => !isLast(step)),
    { do: "switch", service, data },
    ...validateSteps(desired),
    ...only(own, "check"),
  ];
}
