import { spawn, type ChildProcess } from "node:child_process";
import { basename } from "node:path";
import { createInterface } from "node:readline";

export interface RunOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Ends the program, and all that it started, when aborted. */
  signal?: AbortSignal;
  /** Told every line of standard error as it comes. */
  onLine?: (line: string) => void;
}

const SHOWN_LINES = 15;
const GRACE_MS = 5_000;

/**
 * Runs a program of the set-up to its end; it gets no input.
 * @returns its standard output.
 * @throws Error with its last lines when it fails, is aborted or can't be started.
 */
export function run(command: string, args: string[], { cwd, env, signal, onLine }: RunOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    // In a process group of its own, so that compilers and the like can be ended with it.
    const child = spawn(command, args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    const stop = () => endGroup(child);
    signal?.addEventListener("abort", stop);
    const shown: string[] = [];
    let stdout = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    createInterface({ input: child.stderr }).on("line", (line) => {
      if (shown.push(line) > SHOWN_LINES) shown.shift();
      onLine?.(line);
    });
    child.on("error", (error) => reject(new Error(`${command} could not be started: ${error.message}`)));
    child.on("close", (code, by) => {
      signal?.removeEventListener("abort", stop);
      if (signal?.aborted)
        return reject(new Error(`${basename(command)} ${isTimeout(signal) ? "took too long" : "was interrupted"}`));
      if (code === 0) return resolve(stdout);
      const output = shown.length > 0 ? shown : stdout.trimEnd().split("\n").slice(-SHOWN_LINES);
      const call = [basename(command), ...args.slice(0, 3)].join(" ");
      reject(
        new Error([`${call} ${by ? `was ended by ${by}` : `ended with exit code ${code}`}`, ...output].join("\n")),
      );
    });
  });
}

/** As Ctrl-C would; what does not listen is killed. */
function endGroup(child: ChildProcess): void {
  const send = (signal: NodeJS.Signals) => {
    try {
      if (child.pid) process.kill(-child.pid, signal);
    } catch {
      /* it has ended */
    }
  };
  send("SIGINT");
  const timer = setTimeout(() => send("SIGKILL"), GRACE_MS);
  child.once("close", () => clearTimeout(timer));
}

const isTimeout = ({ reason }: AbortSignal): boolean =>
  reason instanceof DOMException && reason.name === "TimeoutError";

/** For a program that may fail: only what it said last, which mostly is why. @throws Error always */
export function failBriefly({ message }: Error): never {
  throw new Error(message.trimEnd().split("\n").at(-1));
}

/** A signal that also fires after `seconds`. */
export const within = (seconds: number, signal?: AbortSignal): AbortSignal =>
  AbortSignal.any([AbortSignal.timeout(seconds * 1000), ...(signal ? [signal] : [])]);
