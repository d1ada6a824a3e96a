/** The stand-in for Uptime Kuma, asked by the official socket.io client and by the push URL. */
import { spawnSync } from "node:child_process";
import { io, type Socket } from "socket.io-client";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { LocalKuma } from "./stand-in.ts";

describe.skipIf(spawnSync("python3", ["--version"]).status !== 0)("the stand-in for Uptime Kuma", () => {
  const kuma = new LocalKuma();
  const sockets: Socket[] = [];
  beforeAll(() => kuma.start());
  afterEach(() => sockets.splice(0).forEach((socket) => socket.close()));
  afterAll(() => kuma.remove());

  async function connect(): Promise<Socket> {
    // As a browser does: polling first, and WebSocket if the server offers it.
    const socket = io(kuma.url, { reconnection: false });
    sockets.push(socket);
    await new Promise<void>((resolve, reject) => socket.once("connect", resolve).once("connect_error", reject));
    return socket;
  }
  const next = (socket: Socket, event: string) => new Promise((resolve) => socket.once(event, resolve));
  const nextList = async (socket: Socket) => (await next(socket, "monitorList")) as Record<string, { name: string }>;
  const login = async (socket: Socket, password = kuma.password): Promise<unknown> =>
    socket.emitWithAck("login", { username: "admin", password, token: "" });
  const monitor = (name: string, more: object = {}) => ({
    type: "push",
    name,
    interval: 60,
    accepted_statuscodes: ["200-299"],
    pushToken: `${name}Token`,
    notificationIDList: {},
    ...more,
  });

  test("is set up once, and lets in who knows the password", async () => {
    const socket = io(kuma.url, { reconnection: false });
    sockets.push(socket);
    expect(await next(socket, "info")).not.toHaveProperty("version");
    expect(await socket.emitWithAck("needSetup")).toBe(true);
    expect(await socket.emitWithAck("setup", "admin", kuma.password)).toMatchObject({ ok: true });
    expect(await socket.emitWithAck("needSetup")).toBe(false);
    expect(await socket.emitWithAck("setup", "admin", "another-1")).toMatchObject({ ok: false });
    expect(await login(socket, "wrong-1")).toEqual({ ok: false, msg: "authIncorrectCreds" });
    expect(await socket.emitWithAck("add", monitor("early"))).toEqual({ ok: false, msg: "You are not logged in." });
    const info = next(socket, "info");
    expect(await login(socket)).toMatchObject({ ok: true, token: expect.any(String) });
    expect(await info).toMatchObject({ version: expect.stringMatching(/^1\.23\./) });
  });

  test("adds, edits, pauses and deletes a monitor, and tells every client", async () => {
    const [one, other] = [await connect(), await connect()];
    await Promise.all([login(one), login(other)]);
    const listed = nextList(other);
    const { monitorID } = (await one.emitWithAck("add", monitor("tokyo"))) as { monitorID: number };
    expect((await listed)[monitorID]).toMatchObject({ id: monitorID, name: "tokyo", active: true, interval: 60 });
    const edited = nextList(other);
    await one.emitWithAck("editMonitor", { ...monitor("tokyo"), id: monitorID, interval: 90 });
    expect((await edited)[monitorID]).toMatchObject({ interval: 90, active: true });
    const paused = nextList(other);
    await one.emitWithAck("pauseMonitor", monitorID);
    expect((await paused)[monitorID]).toMatchObject({ active: false });
    expect((await kuma.push("tokyoToken")).status).toBe(404);
    const deleted = nextList(other);
    await one.emitWithAck("deleteMonitor", monitorID);
    expect(await deleted).toEqual({});
  });

  test("takes heartbeats by the push URL, and refuses a token that it does not know", async () => {
    const socket = await connect();
    await login(socket);
    const { monitorID } = (await socket.emitWithAck("add", monitor("osaka"))) as { monitorID: number };
    const beat = next(socket, "heartbeat");
    expect(await kuma.push("osakaToken", { status: "up", msg: '{"node":"osaka"}', ping: "12" })).toEqual({
      status: 200,
      body: { ok: true },
    });
    expect(await beat).toMatchObject({ monitorID, status: 1, msg: '{"node":"osaka"}', ping: "12", important: true });
    expect(await kuma.push("nobody")).toEqual({
      status: 404,
      body: { ok: false, msg: "Monitor not found or not active." },
    });
    await kuma.push("osakaToken", { status: "down" });
    const { data } = (await socket.emitWithAck("getMonitorBeats", monitorID, 1)) as { data: { status: number }[] };
    expect(data.map((beat) => beat.status)).toEqual([1, 0]);
  });

  test("a monitor that is silent for its interval is down, and comes up again", async () => {
    const socket = await connect();
    await login(socket);
    await socket.emitWithAck("add", monitor("kobe", { interval: 1 }));
    expect(await next(socket, "heartbeat")).toMatchObject({ status: 0, msg: "No heartbeat in the time window" });
    const beat = next(socket, "heartbeat");
    await kuma.push("kobeToken");
    expect(await beat).toMatchObject({ status: 1, msg: "OK" });
  });

  test("outlives a restart with all it knows", async () => {
    await kuma.stop();
    await kuma.start();
    const socket = await connect();
    const listed = nextList(socket);
    await login(socket);
    expect(Object.values(await listed).map((m) => m.name)).toEqual(["osaka", "kobe"]);
  });

  test("another protocol than Engine.IO 4 is refused", async () => {
    expect((await fetch(`${kuma.url}/socket.io/?EIO=3&transport=polling`)).status).toBe(400);
    expect((await fetch(`${kuma.url}/socket.io/?EIO=4&transport=polling&sid=nobody`)).status).toBe(400);
  });
});
