import { spawn } from "node:child_process";

export interface Run {
  program: string;
  args: string[];
  stdin?: string | Buffer;
  env?: Record<string, string>;
  dir?: string;
  /** 0: none. */
  timeoutSeconds: number;
  /** What to call it in errors. */
  label: string;
  /** Its output is not repeated in errors. */
  secret: boolean;
  /** base64 for output that is no text. */
  encoding?: "utf8" | "base64";
}

export interface Output {
  stdout: string;
  stderr: string;
}

/**
 * Runs a program to its end. @returns its output without the last newline. @throws Error when it fails, with its last
 * lines.
 */
export function run({
  program,
  args,
  stdin,
  env = {},
  dir,
  timeoutSeconds,
  label,
  secret,
  encoding = "utf8",
}: Run): Promise<Output> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env: { ...process.env, ...env },
      stdio: ["pipe", "pipe", "pipe"],
      ...(dir === undefined ? {} : { cwd: dir }),
      ...(timeoutSeconds > 0 ? { timeout: timeoutSeconds * 1000, killSignal: "SIGKILL" as const } : {}),
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    // A program that does not read its input may end before all of it is written.
    child.stdin.on("error", () => undefined);
    child.stdin.end(stdin ?? "");
    child.once("error", (error) => reject(new Error(`${label} could not be started: ${error.message}`)));
    child.once("close", (code, signal) => {
      const output = { stdout: text(out, encoding), stderr: text(err) };
      if (code === 0) resolve(output);
      else
        reject(
          new Error(
            `${label} ${signal === null ? `ended with status ${code}` : `was stopped by ${signal}`}` +
              explain(output, secret),
          ),
        );
    });
  });
}

const text = (chunks: Buffer[], encoding: BufferEncoding = "utf8"): string =>
  Buffer.concat(chunks).toString(encoding).replace(/\n$/, "");

function explain({ stdout, stderr }: Output, secret: boolean): string {
  if (secret) return "; its output is not shown, because one of its inputs is secret";
  const last = (stderr || stdout).split("\n").slice(-10).join("\n");
  return last === "" ? "" : `:\n${last}`;
}
