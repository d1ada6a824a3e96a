import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { appendFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../setup/paths.ts";
import type { Forge } from "./forge.ts";

/** What a runner of workflows tells a step, by the variables that GitHub's and Forgejo's set. */

/** @throws Error naming the variable when it is not set */
export function variable(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name];
  if (!value) throw new Error(`${name} is not set: this is a step of a workflow, which gives it`);
  return value;
}

const STACK = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** The stack that a job works on. @throws Error when it is no name of one */
export function stackName(env: NodeJS.ProcessEnv): string {
  const stack = variable(env, "STACK");
  if (!STACK.test(stack)) throw new Error(`STACK is ${JSON.stringify(stack)}, which is no name of a stack`);
  return stack;
}

/** A file that later steps of the same job read. */
export const scratchFile = (env: NodeJS.ProcessEnv, name: string): string => join(variable(env, "RUNNER_TEMP"), name);

/** Sets an output of the step, for other jobs. */
export const setOutput = (env: NodeJS.ProcessEnv, name: string, value: unknown): Promise<void> =>
  appendFile(variable(env, "GITHUB_OUTPUT"), `${name}=${JSON.stringify(value)}\n`);

/** Adds to the page of the job, or to its log where the runner has no pages. */
export const addSummary = async (env: NodeJS.ProcessEnv, markdown: string): Promise<void> => {
  if (env.GITHUB_STEP_SUMMARY) await appendFile(env.GITHUB_STEP_SUMMARY, `${markdown}\n`);
  else await withoutCommands(async () => console.log(markdown));
};

/** A runner takes a line of the log that begins with :: for a command, whoever wrote it. Not while this works. */
export async function withoutCommands<T>(work: () => Promise<T>): Promise<T> {
  const token = randomUUID();
  console.log(`::stop-commands::${token}`);
  try {
    return await work();
  } finally {
    console.log(`::${token}::`);
  }
}

/** The number of the pull request that a job is for. @throws Error in a job for none */
export async function pullRequestNumber(env: NodeJS.ProcessEnv): Promise<number> {
  const event = JSON.parse(await readFile(variable(env, "GITHUB_EVENT_PATH"), "utf8")) as {
    pull_request?: { number?: unknown };
  };
  const number = event.pull_request?.number;
  if (!Number.isSafeInteger(number)) throw new Error("this job is for no pull request");
  return number as number;
}

/** The forge that the job belongs to, with the token that the step was given. */
export const forgeOf = (env: NodeJS.ProcessEnv): Forge => ({
  api: variable(env, "GITHUB_API_URL").replace(/\/$/, ""),
  repository: variable(env, "GITHUB_REPOSITORY"),
  token: variable(env, "GITHUB_TOKEN"),
});

/** Runs `fleet`: its progress goes to the job's log. @returns what it printed as its result, and how it ended */
export const runFleet: RunFleet = (args, env, folder = root) => withoutCommands(() => start(args, env, folder));

/** @param folder of the repository, when it is another working tree than this one */
export type RunFleet = (args: readonly string[], env: NodeJS.ProcessEnv, folder?: string) => Promise<Ended>;

interface Ended {
  exitCode: number;
  stdout: string;
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

async function start(args: readonly string[], env: NodeJS.ProcessEnv, folder: string): Promise<Ended> {
  const child = spawn(process.execPath, [join(folder, "src/cli/fleet.mjs"), ...args], {
    cwd: folder,
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  // A job that is cancelled ends when what it has started has ended, and cleans up then.
  const passOn = (signal: NodeJS.Signals) => void child.kill(signal);
  for (const signal of SIGNALS) process.on(signal, passOn);
  try {
    const exitCode = await new Promise<number>((resolve, reject) =>
      child.on("error", reject).on("close", (code) => resolve(code ?? 1)),
    );
    return { exitCode, stdout };
  } finally {
    for (const signal of SIGNALS) process.off(signal, passOn);
  }
}
