import type { BundleInput } from "../../src/model/bundle.ts";
import type { HostContext } from "../../src/model/service.ts";
import { type Behaviour, standInProgram } from "./program.ts";

/**
 * The stand-in for a program that its owner never published, as a file at the program's own path. Only where the stack
 * says `standIns`: on a real host the program is there, and nothing is ever written to its path.
 */
export const standInFile = (
  host: HostContext,
  path: string,
  name: string,
  behaviour: Behaviour,
  /** Plain variables of its environment, which it tells. */
  variables: readonly string[] = [],
): NonNullable<BundleInput["files"]> =>
  host.standIns ? { [path]: { content: standInProgram(name, behaviour, variables), mode: "0755" } } : {};

/** Refuses a change while a program is missing, before any running unit is touched. */
export const mustExist = (path: string) => ({
  command:
    `test -e ${path} || { echo "${path} is not there: put the program in place first (this repository does not ` +
    `hold it)" >&2; exit 1; }`,
});

/** Refuses a change while a program does not name a variable that it has to read. */
export const mustRead = (path: string, variable: string) => ({
  command:
    `grep -q ${variable} ${path} || { echo "${path} does not read ${variable}, so what the fleet says would change ` +
    `nothing: let it take that from its environment" >&2; exit 1; }`,
});
