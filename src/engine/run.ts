import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { open, rm, type FileHandle } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openEventPipe } from "./event-pipe.ts";
import { eventReader, type EngineEvent } from "./events.ts";

/** What the engine is asked to do. `refresh` only observes; `preview` runs the program and changes nothing. */
export type EngineCommand = "up" | "preview" | "refresh" | "destroy";

/**
 * The stack that the engine works on, the folder of its Pulumi.yaml, and the environment that says where state and
 * clouds are.
 */
export interface EngineTarget {
  stack: string;
  cwd: string;
  env: NodeJS.ProcessEnv;
}

export interface EngineOptions {
  /** Look at the world before planning, so that what was changed by hand is put back. */
  refresh?: boolean;
  /** What a `refresh` finds is written to the state. */
  writes?: true;
  /** URNs to restrict the run to. */
  target?: readonly string[];
  /** URNs of what is made anew, though nothing of it has changed. */
  replace?: readonly string[];
  /** URNs of what is left as it is. */
  exclude?: readonly string[];
  onEvent?: (event: EngineEvent) => void;
  signal?: AbortSignal;
}

export interface EngineRun {
  exitCode: number;
  events: EngineEvent[];
  /** What the engine printed, for the cases in which it ends before it writes events. */
  output: string;
  /** It was asked to stop before its end. */
  interrupted?: true;
}

/**
 * Runs the Pulumi CLI on one stack and collects its events. They come through a named pipe and are never written to a
 * disk: the engine's own debug events carry secrets in clear, and are dropped here unread. An abort of `signal` lets
 * running steps finish.
 */
export async function runEngine(
  command: EngineCommand,
  target: EngineTarget,
  options: EngineOptions = {},
): Promise<EngineRun> {
  const events: EngineEvent[] = [];
  const read = eventReader((event) => {
    events.push(event);
    options.onEvent?.(event);
  });
  const pipe = await openEventPipe(read);
  const printed = await openScratchFile();
  try {
    const child = startPulumi(
      [...engineArguments(command, target.stack, options), "--event-log", pipe.path],
      target,
      printed.fd,
    );
    options.signal?.addEventListener("abort", () => child.kill("SIGINT"));
    const exitCode = await exitOf(child);
    await pipe.close();
    const output = (
      await printed.read({ buffer: Buffer.alloc((await printed.stat()).size), position: 0 })
    ).buffer.toString();
    if (exitCode === 0 && !events.some((e) => e.summaryEvent))
      throw new Error(`the engine ended well but told nothing of what it did: ${output.trim()}`);
    return { exitCode, events, output };
  } finally {
    await pipe.close();
    await printed.close();
  }
}

/** A file without a name: it is gone when the last process that has it open ends. */
async function openScratchFile(): Promise<FileHandle> {
  const path = join(tmpdir(), `fleet-output-${randomUUID()}`);
  const file = await open(path, "wx+", 0o600);
  await rm(path);
  return file;
}

/**
 * Runs any other Pulumi command and returns what it printed. @throws Error with the command's own message when it
 * fails.
 */
export async function pulumi(args: readonly string[], target: EngineTarget): Promise<string> {
  const child = startPulumi(args, target, "pipe");
  let stdout = "";
  let stderr = "";
  child.stdout!.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr!.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const code = await exitOf(child);
  if (code !== 0) throw new Error(`pulumi ${args[0]} ${args[1] ?? ""} failed: ${stderr.trim() || stdout.trim()}`);
  return stdout;
}

/**
 * How many resources the engine works on at once: services of one host are batched, so those that wait cost nothing,
 * and those that the engine holds back would need round trips of their own.
 */
const PARALLEL = 4096;

const WRITING = ["--yes", "--skip-preview", "--skip-plugin-pre-install"];
const FLAGS: Record<EngineCommand, readonly string[]> = {
  up: [...WRITING, "--continue-on-error"],
  preview: ["--skip-plugin-pre-install"],
  refresh: ["--preview-only", "--skip-plugin-pre-install"],
  destroy: ["--yes", "--skip-preview", "--continue-on-error", "--exclude-protected"],
};

function engineArguments(command: EngineCommand, stack: string, options: EngineOptions): string[] {
  const targets = (options.target ?? []).flatMap((urn) => ["--target", urn]);
  const excluded = (options.exclude ?? []).flatMap((urn) => ["--exclude", urn]);
  const anew = (options.replace ?? []).flatMap((urn) => ["--replace", urn]);
  const common = ["--stack", stack, "--non-interactive", "--color", "never", "--parallel", String(PARALLEL)];
  return [
    command,
    ...common,
    ...(options.writes ? WRITING : FLAGS[command]),
    ...(options.refresh ? ["--refresh"] : []),
    ...targets,
    ...anew,
    ...excluded,
  ];
}

/** util-linux's setpriv makes the kernel interrupt the engine when this process dies, however it dies. */
const SETPRIV = "/usr/bin/setpriv";

/**
 * @param output where it prints to. An engine that is to outlive this process must not print into a pipe: it would die
 * of the first line that nobody reads, in the middle of a step.
 */
function startPulumi(args: readonly string[], { cwd, env }: EngineTarget, output: number | "pipe"): ChildProcess {
  const command = ["pulumi", ...args];
  if (process.platform === "linux" && existsSync(SETPRIV)) command.unshift(SETPRIV, "--pdeathsig", "INT", "--");
  return spawn(command[0]!, command.slice(1), {
    cwd,
    env: { ...env, PULUMI_DEBUG_COMMANDS: "true" },
    detached: true,
    stdio: ["ignore", output, output],
  });
}

function exitOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.on("error", (error: NodeJS.ErrnoException) =>
      reject(error.code === "ENOENT" ? new Error("the Pulumi CLI was not found: run `npx fleet doctor`") : error),
    );
    child.on("close", (code, signal) => resolve(code ?? (signal === "SIGINT" ? 130 : 1)));
  });
}
