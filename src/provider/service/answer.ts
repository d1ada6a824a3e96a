import type { ScriptResult } from "../../transport/types.ts";
import type { Target } from "../aspects/shape.ts";
import type { Failure } from "../systems/apply.ts";
import { BusyError, readLook, type Expectation, type Seen } from "../systems/look.ts";

/** @throws Error when a part of what was asked for can't be told */
export function assertTold({ host }: Target, reasons: readonly string[]): void {
  if (reasons.length > 0) throw new Error(`${host}: ${listed(reasons)}`);
}

/** What was changed can't be told to be right. */
export const untoldFailure = (reasons: readonly string[]): Failure | undefined =>
  reasons.length === 0
    ? undefined
    : {
        reason: `it was changed, and then it could not be told what there is: ${listed(reasons)}`,
        log: "",
        journal: "",
        stays: true,
      };

const SHOWN = 3;
const listed = (reasons: readonly string[]): string =>
  reasons.slice(0, SHOWN).join("; ") + (reasons.length > SHOWN ? `; and ${reasons.length - SHOWN} more` : "");

/** A change that was made, and could not be looked at because the next one had begun, was not left undone for that. */
export function afterwards<T>({ stdout }: ScriptResult, look: () => T): T {
  try {
    return look();
  } catch (error) {
    throw hasOutcome(stdout) && error instanceof BusyError ? new Error(error.message, { cause: error }) : error;
  }
}

/** @throws Error when the answer is none */
export function readAnswer(
  host: string,
  { stdout, stderr, exitCode }: ScriptResult,
  expectations: readonly Expectation[],
): Seen[] {
  try {
    return readLook(stdout, expectations);
  } catch (error) {
    if (error instanceof BusyError) throw new BusyError(`${host}: ${error.message}`);
    const said = stderr.trim().slice(-500);
    throw new Error(
      `${host}: ${(error as Error).message}` +
        (exitCode === 0 && said === "" ? "" : ` (exit code ${exitCode}): ${said}`),
      { cause: error },
    );
  }
}

/** Whether a script did nothing, because another change was under way. */
export const isBusy = ({ stdout }: ScriptResult): boolean => /^#fleet:busy /m.test(stdout) && !hasOutcome(stdout);

const hasOutcome = (stdout: string): boolean => /^#fleet:(done|reason) /m.test(stdout);
