import { spawn } from "node:child_process";

/** Told what long work is at, in a few words. */
export type Progress = (step: string) => void;

/** A program that the lab needs failed, or is not there. */
export class CommandError extends Error {
  readonly exitCode: number | undefined;
  constructor(command: string, exitCode: number | undefined, output: string) {
    const how = exitCode === undefined ? "could not be started" : `ended with exit code ${exitCode}`;
    super(`${command} ${how}${output.trim() ? `:\n${lastLines(output, 15)}` : ""}`);
    this.name = "CommandError";
    this.exitCode = exitCode;
  }
}

/**
 * Runs a program to its end. @returns its standard output.
 * @throws CommandError with its last lines when it fails.
 */
export function run(
  command: string,
  args: string[],
  options: { input?: string; env?: NodeJS.ProcessEnv; signal?: AbortSignal } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ["pipe", "pipe", "pipe"],
      env: options.env ?? process.env,
      signal: options.signal,
    });
    let stdout = "",
      all = "";
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
      all += chunk;
    });
    child.stderr.on("data", (chunk) => {
      all += chunk;
    });
    child.on("error", (error) => reject(new CommandError(command, undefined, error.message)));
    child.on("close", (code) =>
      code === 0
        ? resolve(stdout)
        : reject(new CommandError([command, ...args.slice(0, 3)].join(" "), code ?? -1, all)),
    );
    child.stdin.on("error", () => {}); // a program that ends without reading its input says why by its exit code
    child.stdin.end(options.input ?? "");
  });
}

/**
 * Runs lines of ip(8) in one process, each as `ip` would take it as arguments. @throws CommandError at the first that
 * fails.
 */
export const ip = (lines: string[], namespace?: string): Promise<string> =>
  run("ip", [...(namespace ? ["-netns", namespace] : []), "-batch", "-"], { input: lines.join("\n") + "\n" });

export const lastLines = (text: string, count: number): string => text.trimEnd().split("\n").slice(-count).join("\n");
