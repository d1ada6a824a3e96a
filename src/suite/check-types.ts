import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

const compiler = join(import.meta.dirname, "../../node_modules/typescript/bin/tsc");

/** Checks every type of the project in `folder`. @throws Error with all that the compiler says is wrong. */
export async function checkTypes(folder: string): Promise<void> {
  try {
    await promisify(execFile)(process.execPath, [compiler, "--project", folder], { maxBuffer: Infinity });
  } catch (error) {
    throw new Error(`tsc --project ${folder} failed:\n${(error as { stdout: string }).stdout.trimEnd()}`);
  }
}
