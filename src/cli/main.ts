import { CommanderError } from "commander";
import { endWithParent } from "../terminal/interrupt.ts";
import { fail } from "../terminal/output.ts";
import { buildProgram } from "./program.ts";

/**
 * Exit codes: 0 done · 1 an error, also wrong usage · 2 drift · 3 something could not be observed · 130 interrupted.
 */
endWithParent();
try {
  await buildProgram().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode;
  else fail(error);
}
