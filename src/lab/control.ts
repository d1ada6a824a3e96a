import { rm } from "node:fs/promises";
import { connect, createServer, type Server, type Socket } from "node:net";
import { createInterface } from "node:readline";
import type { ActiveFault, FaultRule } from "./clouds/http/faults.ts";
import type { LoggedRequest } from "./clouds/http/log.ts";
import type { Images } from "./machines/machines.ts";
import type { LabSpec, MachineAction } from "./types.ts";

/** What a lab's daemon can be asked. One JSON line goes in, one comes out. */
export interface Commands {
  ping: { with: object; answer: null };
  /** Brings up whatever the spec asks for and is not there, new machines on these images. */
  apply: { with: { spec: LabSpec; images: Images }; answer: null };
  /** Shuts down machines and clouds and ends. */
  down: { with: object; answer: null };
  log: { with: { count: number }; answer: LoggedRequest[] };
  fault: { with: FaultRule; answer: ActiveFault };
  "clear-faults": { with: object; answer: number };
  /** Copies what machines and clouds have stored into a folder, as it is at one moment. */
  save: { with: { folder: string }; answer: null };
  machine: { with: { name: string; action: MachineAction }; answer: null };
}

type Request = { [K in keyof Commands]: { command: K } & Commands[K]["with"] }[keyof Commands];
type Reply = { answer: unknown } | { error: string };

/** How the daemon answers each command. */
export type Answers = { [K in keyof Commands]: (request: Commands[K]["with"]) => Promise<Commands[K]["answer"]> };

/** Listens for commands on a socket that only this user can open. */
export async function serveControl(path: string, answers: Answers): Promise<Server> {
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    createInterface({ input: socket }).once("line", (line) => void answer(socket, line, answers));
  });
  await rm(path, { force: true });
  const mask = process.umask(0o077);
  try {
    await new Promise<void>((resolve, reject) => server.once("error", reject).listen(path, resolve));
  } finally {
    process.umask(mask);
  }
  return server;
}

async function answer(socket: Socket, line: string, answers: Answers): Promise<void> {
  const end = (reply: Reply) => socket.end(`${JSON.stringify(reply)}\n`);
  try {
    const request = JSON.parse(line) as Request;
    const run = answers[request.command] as (request: Request) => Promise<unknown>;
    end({ answer: await run(request) });
  } catch (error) {
    end({ error: (error as Error).message });
  }
}

/** Nobody listens: the lab is down, or its daemon is dead. */
export class LabDownError extends Error {
  constructor() {
    super("the lab is not running: start it with `fleet lab up <stack>`");
    this.name = "LabDownError";
  }
}

/**
 * Asks a lab's daemon.
 * @throws LabDownError when there is none, or it ends before it has answered.
 */
export function askLab<K extends keyof Commands>(
  path: string,
  command: K,
  request: Commands[K]["with"],
): Promise<Commands[K]["answer"]> {
  return new Promise((resolve, reject) => {
    const socket = connect(path, () => socket.write(`${JSON.stringify({ command, ...request })}\n`));
    socket.on("error", () => reject(new LabDownError()));
    socket.on("close", () => reject(new LabDownError()));
    createInterface({ input: socket })
      .on("error", () => {})
      .on("line", (text) => {
        const reply = JSON.parse(text) as Reply;
        if ("error" in reply) reject(new Error(reply.error));
        else resolve(reply.answer as Commands[K]["answer"]);
      });
  });
}

/** Whether a daemon is there and answers: the kernel takes calls for a dying one, too. */
export const isUp = (path: string): Promise<boolean> =>
  askLab(path, "ping", {}).then(
    () => true,
    () => false,
  );
