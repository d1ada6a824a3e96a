import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test, vi } from "vitest";
import { fingerprintOf } from "../../src/lab/clouds/public-key.ts";
import { ensureGoProgram } from "../../src/setup/go-program.ts";
import { progress } from "../../src/setup/progress.mjs";
import { startTestCloud } from "../clouds/digitalocean-client.ts";
import { publicKey } from "../clouds/hetzner-client.ts";
import type { Made, Operation } from "./digitalocean/operation.ts";
import { operations } from "./digitalocean/operations.ts";
import { testPython } from "./python.ts";

/** The vendor's own clients, each behind a driver that takes calls by the API's names. */
const folder = join(import.meta.dirname, "digitalocean");
const clients: [name: string, command: () => Promise<string[]>][] = [
  ["pydo", async () => [await testPython(), join(folder, "pydo_client.py")]],
  [
    "godo",
    async () => [
      await ensureGoProgram(
        { progress, signal: new AbortController().signal },
        {
          name: "digitalocean-client",
          module: join(folder, "godo"),
          main: "./digitalocean-client",
          sources: ["main.go", "calls.go", "actions.go"].map((file) => `digitalocean-client/${file}`),
        },
      ),
    ],
  ],
];

interface Reply {
  answer?: unknown;
  refused?: [number, string];
}

/** Starts a client's driver. */
function drive([program = "", ...args]: string[], env: Record<string, string>) {
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    call: async (operation: Operation, made: Made): Promise<Reply> => {
      child.stdin.write(`${JSON.stringify({ call: operation.call, args: operation.args?.(made) ?? {} })}\n`);
      const { value, done } = await lines.next();
      if (done === true) throw new Error(`the client ended at ${operation.call}`);
      return JSON.parse(value) as Reply;
    },
    end: () => child.stdin.end(),
  };
}

function expectReply(operation: Operation, made: Made, reply: Reply): void {
  const { answers, refused } = operation;
  if (refused !== undefined) {
    const [status, message] = refused;
    expect(reply, operation.call).toEqual({
      refused: [status, typeof message === "string" ? message : expect.stringMatching(message)],
    });
    return;
  }
  expect(reply.refused, operation.call).toBeUndefined();
  if (answers === undefined) return;
  const wanted = answers(made);
  // What godo makes of an empty list is null.
  const answer = Array.isArray(wanted) ? (reply.answer ?? []) : reply.answer;
  expect({ [operation.call]: answer }).toMatchObject({ [operation.call]: wanted });
}

function keep(operation: Operation, made: Made, { answer }: Reply): void {
  for (const [name, field] of Object.entries(operation.keeps ?? {}))
    made[name] = field.split(".").reduce((value, part) => (value as Record<string, unknown>)[part], answer) as string;
}

test.each(clients)("%s drives a whole life of every resource", async (_name, command) => {
  const cloud = await startTestCloud();
  const environment = { DIGITALOCEAN_TOKEN: cloud.token, DIGITALOCEAN_API_URL: cloud.endpoint };
  const client = drive(await command(), environment);
  const [made, key]: [Made, string] = [{}, publicKey()];
  try {
    for (const operation of operations(key, fingerprintOf(key)!)) {
      const attempt = async () => {
        const reply = await client.call(operation, made);
        expectReply(operation, made, reply);
        keep(operation, made, reply);
      };
      await (operation.eventually ? vi.waitFor(attempt) : attempt());
    }
    expect(await cloud.machines.list()).toEqual([]);
  } finally {
    client.end();
    await cloud.close();
  }
});
