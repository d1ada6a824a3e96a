import { styleText } from "node:util";

type Style = Parameters<typeof styleText>[0];

/** Colours only on a terminal, and never with NO_COLOR. */
const paint = (stream: NodeJS.WriteStream) => (style: Style, text: string) =>
  styleText(style, text, { stream, validateStream: true });

// A reader that stops reading, such as head, is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit();
  throw error;
});

/** Results: what scripts read. */
export const out = (line = ""): void => void process.stdout.write(`${line}\n`);
export const outStyle = paint(process.stdout);
/** Progress and remarks: for people. */
export const say = (line = ""): void => void process.stderr.write(`${line}\n`);
export const sayStyle = paint(process.stderr);

/** An error whose message is for the person at the terminal; `exitCode` is what the command ends with. */
export class CliError extends Error {
  readonly exitCode: number;
  constructor(message: string, exitCode = 1) {
    super(message);
    this.name = "CliError";
    this.exitCode = exitCode;
  }
}

/** Ends the command with an error. A stack trace is shown only where a person asks for it, with FLEET_DEBUG=1. */
export function fail(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  say(`${sayStyle("red", "error:")} ${message}`);
  if (process.env.FLEET_DEBUG && error instanceof Error) say(error.stack);
  process.exitCode = error instanceof CliError ? error.exitCode : 1;
}

/** Seconds since a start, as shown behind a step: "3.2 s". */
export const elapsed = (start: number): string => `${((performance.now() - start) / 1000).toFixed(1)} s`;

/** @throws CliError when there is no terminal to ask on */
export function assertTerminal(): void {
  if (!process.stdin.isTTY) throw new CliError("there is no terminal to ask on: add --yes to go on without asking");
}

/** Asks a yes-or-no question on the terminal. @throws CliError when there is none to ask on. */
export const confirm = async (question: string): Promise<boolean> =>
  /^y(es)?$/i.test(await answerTo(`${question} [y/N] `));

/** Asks for a number to be typed, where a yes is said too easily. @throws CliError when there is no terminal. */
export const confirmNumber = async (question: string, expected: number): Promise<boolean> =>
  (await answerTo(`${question} Type ${expected} to go on: `)) === String(expected);

async function answerTo(question: string): Promise<string> {
  assertTerminal();
  const { createInterface } = await import("node:readline/promises");
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await reader.question(question)).trim();
  } finally {
    reader.close();
  }
}
