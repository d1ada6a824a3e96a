import { isDeepStrictEqual } from "node:util";
import { optionMayCutLine } from "../service/line.ts";
import { managedFiles } from "../service/managed.ts";
import type { Step } from "../service/steps.ts";
import type { Shape } from "../service/types.ts";
import { dataText, MODULE } from "./data.ts";

/** What nixos-rebuild does of a plan, whatever it is about. */
const SWITCHED = new Set<Step["do"]>([
  "install",
  "correct-user",
  "set-time-zone",
  "verify",
  "retire",
  "unmask",
  "enable",
  "disable",
]);

/**
 * A plan as it is carried out on NixOS: what its own configuration brings about is left to one `switch` with the
 * service's data; what nobody else may read, and what lies outside of /etc, is done in place as on any host. Accounts
 * that are missing are, too: files may belong to them before the switch makes them for good.
 */
export function throughSwitch(service: string, steps: Step[], desired: Shape, found: Shape): Step[] {
  const builtPaths = (shape: Shape) =>
    new Set(
      managedFiles(service, shape, "nixos")
        .filter(({ built }) => built)
        .map(({ path }) => path),
    );
  const [wanted, gone] = [builtPaths(desired), builtPaths(found)];
  const isSwitched = (step: Step): boolean => {
    if (step.do === "write" || step.do === "attributes") return wanted.has(step.path);
    return step.do === "remove" ? gone.has(step.path) || step.path === MODULE : SWITCHED.has(step.do);
  };
  const own = steps.filter((step) => !isSwitched(step));
  const data = dataText(desired);
  return own.length === steps.length && data === dataText(found) ? own : [...own, { do: "switch", service, data }];
}

/** Whether an option that changes can cut the line to the host. */
export const optionsMayCutLine = (desired: Shape, found: Shape): boolean =>
  Object.keys({ ...desired.options, ...found.options }).some(
    (path) => optionMayCutLine(path) && !isDeepStrictEqual(desired.options[path], found.options[path]),
  );
