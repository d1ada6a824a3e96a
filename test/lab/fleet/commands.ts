import { spawn } from "node:child_process";

/** How a command ended. */
export interface Ended {
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

/** A command that is under way; `pid` is the CLI itself, without its launcher. */
export interface Running {
  pid: number;
  ended: Promise<Ended>;
  /** Ends the CLI where it stands. */
  kill(): void;
}

/** Checks that a command printed one JSON document on stdout, and nothing else. */
export function parse({ stdout, stderr, exitCode }: Ended): unknown {
  try {
    return JSON.parse(stdout);
  } catch {
    throw new Error(`no JSON document on stdout (exit code ${exitCode}): ${JSON.stringify(stdout)}\n${stderr}`);
  }
}

/** Starts a program, without what the test runner tells its own processes. */
export function begin(command: string, args: string[], env: NodeJS.ProcessEnv, cwd: string): Running {
  // What the test runner tells its own processes is not meant for others.
  const { NODE_ENV: _, VITEST: __, ...own } = process.env;
  const child = spawn(command, args, { cwd, env: { ...own, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "",
    stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
  return { pid: child.pid!, ended, kill: () => void child.kill("SIGKILL") };
}
