import { mkdtemp, rm, stat } from "node:fs/promises";
import type { Server, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { LabDownError, askLab, isUp, serveControl, type Answers } from "../../src/lab/control.ts";

let folder: string, socket: string, server: Server, connections: Socket[];
const answers = {
  ping: vi.fn(async () => null),
  apply: vi.fn(async () => null),
  down: vi.fn(async () => null),
  log: vi.fn(async () => []),
  fault: vi.fn(async () => {
    throw new Error("fault: no such cloud");
  }),
  "clear-faults": vi.fn(async () => 3),
  save: vi.fn(async () => null),
  machine: vi.fn(() => new Promise<null>(() => {})),
} satisfies Answers;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fleet-control-"));
  socket = join(folder, "control.sock");
  server = await serveControl(socket, answers);
  connections = [];
  server.on("connection", (connection) => connections.push(connection));
});
afterEach(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

test("a question gets its answer", async () => {
  expect(await askLab(socket, "clear-faults", {})).toBe(3);
  await askLab(socket, "log", { count: 7 });
  expect(answers.log).toHaveBeenCalledWith(expect.objectContaining({ count: 7 }));
});

test("a failure keeps its message", async () => {
  await expect(askLab(socket, "fault", { fault: "slow" })).rejects.toThrow("fault: no such cloud");
});

test("nobody else can open the socket", async () => {
  expect((await stat(socket)).mode & 0o777).toBe(0o700);
});

test("a daemon that takes the call and dies is not up", async () => {
  answers.ping.mockImplementationOnce(() => new Promise(() => {}));
  const asked = isUp(socket);
  await vi.waitFor(() => expect(answers.ping).toHaveBeenCalled());
  for (const connection of connections) connection.destroy();
  expect(await asked).toBe(false);
});

test("a lab that is down is told apart", async () => {
  expect(await isUp(socket)).toBe(true);
  expect(await isUp(join(folder, "none.sock"))).toBe(false);
  await expect(askLab(join(folder, "none.sock"), "down", {})).rejects.toThrow(LabDownError);
});
