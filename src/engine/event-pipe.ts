import { execFile } from "node:child_process";
import { once } from "node:events";
import { closeSync, constants, openSync } from "node:fs";
import { rm } from "node:fs/promises";
import { Socket } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { scratchFolder } from "./scratch.ts";

/** A named pipe that one program writes to by its path: nothing of it ever reaches a disk. */
export interface EventPipe {
  path: string;
  /** Waits until everything that was written has been read, and removes the pipe. Call it when the writer has ended. */
  close(): Promise<void>;
}

/** Opens a named pipe that only this user can use, and hands on what is written to it. */
export async function openEventPipe(onText: (text: string) => void): Promise<EventPipe> {
  const folder = await scratchFolder("events");
  const path = join(folder, "pipe");
  await promisify(execFile)("mkfifo", ["-m", "600", path]);
  const reader = new Socket({
    fd: openSync(path, constants.O_RDONLY | constants.O_NONBLOCK),
    readable: true,
    writable: false,
  });
  // An end of our own keeps the pipe open before the writer has come and until close().
  const writer = openSync(path, constants.O_WRONLY);
  reader.setEncoding("utf8").on("data", onText);
  let closing: Promise<void> | undefined;
  const close = async () => {
    const closed = once(reader, "close");
    closeSync(writer);
    await closed;
    await rm(folder, { recursive: true, force: true });
  };
  return { path, close: () => (closing ??= close()) };
}
