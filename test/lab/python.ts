import { join } from "node:path";
import { pythonWith } from "../../src/setup/python.ts";

/** A Python with the packages of test/lab/requirements.txt. */
export const testPython = async (): Promise<string> =>
  join(await pythonWith(join(import.meta.dirname, "requirements.txt")), "bin/python");
