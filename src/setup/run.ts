import { spawn } from "node:child_process";
import { basename } from "node:path";
import { createInterface } from "node:readline";

export interface RunOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Ends the program when aborted. */
  signal?: AbortSignal;
  /** Told every line of standard error as it comes. */
  onLine?: (line: string) => void;
}

const SHOWN_LINES = 15;

/**
 * Runs a program of the set-up to its end; it gets no input.
 * @returns its standard output.
 * @throws Error with its last lines when it fails, ends by a signal or can't be started.
 */
export function run(command: string, args: string[], { cwd, env, signal, onLine }: RunOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, signal, stdio: ["ignore", "pipe", "pipe"] });
    const shown: string[] = [];
    const keep = (line: string) => { if (shown.push(line) > SHOWN_LINES) shown.shift(); };
    let stdout = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => { stdout += text; });
    createInterface({ input: child.stderr }).on("line", (line) => { keep(line); onLine?.(line); });
    child.on("error", (error) => reject(signal?.aborted ? aborted(command, signal) : new Error(`${command} could not be started: ${error.message}`)));
    child.on("close", (code, by) => {
      if (code === 0) return resolve(stdout);
      const output = shown.length > 0 ? shown : stdout.trimEnd().split("\n").slice(-SHOWN_LINES);
      const call = [basename(command), ...args.slice(0, 3)].join(" ");
      reject(new Error([`${call} ${by ? `was ended by ${by}` : `ended with exit code ${code}`}`, ...output].join("\n")));
    });
  });
}

function aborted(command: string, signal: AbortSignal): Error {
  const timedOut = signal.reason instanceof DOMException && signal.reason.name === "TimeoutError";
  return new Error(`${basename(command)} ${timedOut ? "took too long" : "was interrupted"}`);
}

/** A signal that also fires after `seconds`. */
export const within = (seconds: number, signal?: AbortSignal): AbortSignal =>
  AbortSignal.any([AbortSignal.timeout(seconds * 1000), ...(signal ? [signal] : [])]);
