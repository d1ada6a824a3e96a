import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

const modules = join(import.meta.dirname, "../../node_modules");

/**
 * Runs a program that one of the Node modules brings in `folder`, such as `oxlint/bin/oxlint`, to its end.
 * @throws Error of `complaint` and all that it printed, when it fails.
 */
export async function runNodeTool(program: string, args: string[], folder: string, complaint: string): Promise<void> {
  try {
    await promisify(execFile)(process.execPath, [join(modules, program), ...args], {
      cwd: folder,
      maxBuffer: Infinity,
    });
  } catch (cause) {
    const { stdout, stderr } = cause as { stdout: string; stderr: string };
    throw new Error(`${complaint}\n${(stdout + stderr).trim()}`, { cause });
  }
}
