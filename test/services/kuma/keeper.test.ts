/** The keeper of Kuma's records against the stand-in, whose API the official client checks beside this file. */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { io, type Socket } from "socket.io-client";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { LocalKuma } from "./stand-in.ts";

describe.skipIf(spawnSync("python3", ["--version"]).status !== 0)("the keeper of Uptime Kuma's records", () => {
  const kuma = new LocalKuma();
  let person: Socket | undefined;
  const tokenFile = join(kuma.folder, "tokyo.token");
  const ntfy = {
    "notification ntfy": { type: "ntfy", ntfyserverurl: "http://127.0.0.1:9", ntfytopic: "alerts", ntfyPriority: 4 },
  };
  const tokyo = { "monitor tokyo": { type: "push", interval: 90, active: true, notifications: ["ntfy"], tokenFile } };
  const both = { ...tokyo, ...ntfy };
  const read = async (...lines: object[]) =>
    JSON.parse((await kuma.keeper("read", ...lines)).said) as Record<string, Record<string, unknown>>;
  const write = async (...lines: object[]) =>
    expect(await kuma.keeper("write", ...lines)).toEqual({ code: 0, said: "" });

  /** A monitor or a way of telling somebody. */
  interface Shown {
    id: number;
    config?: string;
  }
  /** Somebody at the dashboard, with what they see there. */
  async function visit() {
    person = io(kuma.url, { reconnection: false });
    const lists = Promise.all(
      ["monitorList", "notificationList"].map((event) => new Promise((resolve) => person!.once(event, resolve))),
    );
    await person.emitWithAck("login", { username: "admin", password: kuma.password, token: "" });
    const [monitors, notifications] = (await lists) as [Record<string, Shown>, Shown[]];
    return { socket: person, monitors: Object.values(monitors), notifications };
  }

  beforeAll(async () => {
    writeFileSync(tokenFile, "tokenOfTokyo\n");
    await kuma.start();
  });
  afterEach(() => person?.close());
  afterAll(() => kuma.remove());

  test("a new Kuma has nothing, and gets its administrator", async () => {
    expect(await read(both)).toEqual({});
    expect((await visit()).monitors).toEqual([]);
  });

  test("writes what is not there, in the order that Kuma needs, and reads it back as it was declared", async () => {
    await write(tokyo, ntfy);
    expect(await read(tokyo, ntfy)).toEqual(both);
    const { monitors, notifications } = await visit();
    expect(monitors).toMatchObject([
      { name: "tokyo", type: "push", pushToken: "tokenOfTokyo", notificationIDList: { [notifications[0]!.id]: true } },
    ]);
    expect((await kuma.push("tokenOfTokyo")).status).toBe(200);
  });

  test("writing twice is the same as once", async () => {
    await write(both);
    const { monitors, notifications } = await visit();
    expect([monitors.length, notifications.length]).toEqual([1, 1]);
  });

  test.each<[string, (socket: Socket, monitor: Shown, notification: Shown) => Promise<unknown>, object]>([
    [
      "another interval",
      (socket, monitor) => socket.emitWithAck("editMonitor", { ...monitor, interval: 600 }),
      { "monitor tokyo": { interval: 600 } },
    ],
    ["a pause", (socket, { id }) => socket.emitWithAck("pauseMonitor", id), { "monitor tokyo": { active: false } }],
    [
      "another token",
      (socket, monitor) => socket.emitWithAck("editMonitor", { ...monitor, pushToken: "byHand" }),
      { "monitor tokyo": { tokenFile: "[another token]" } },
    ],
    [
      "an alert switched off",
      (socket, monitor) => socket.emitWithAck("editMonitor", { ...monitor, notificationIDList: {} }),
      { "monitor tokyo": { notifications: [] } },
    ],
    [
      "another topic",
      (socket, _, { id, config }) =>
        socket.emitWithAck("addNotification", { ...(JSON.parse(config!) as object), ntfytopic: "mine" }, id),
      { "notification ntfy": { ntfytopic: "mine" } },
    ],
  ])("sees by hand: %s, and puts it back", async (_, change, expected) => {
    const { socket, monitors, notifications } = await visit();
    expect(await change(socket, monitors[0]!, notifications[0]!)).toMatchObject({ ok: true });
    expect(await read(both)).toMatchObject(expected);
    await write(both);
    expect(await read(both)).toEqual(both);
  });

  test("keeps what is not declared as somebody has set it", async () => {
    const { socket, monitors } = await visit();
    await socket.emitWithAck("editMonitor", { ...monitors[0], description: "mine", interval: 600 });
    socket.close();
    await write(both);
    expect((await visit()).monitors).toMatchObject([{ description: "mine", interval: 90 }]);
  });

  test("a deleted monitor is missing, and others are not ours", async () => {
    const { socket, monitors } = await visit();
    await socket.emitWithAck("add", { ...monitors[0], name: "someone's own", pushToken: "x" });
    await socket.emitWithAck("deleteMonitor", monitors[0]!.id);
    expect(Object.keys(await read(both))).toEqual(["notification ntfy"]);
    socket.close();
    await write(both);
    expect(await kuma.keeper("remove", both)).toEqual({ code: 0, said: "" });
    expect(await kuma.keeper("remove", both)).toEqual({ code: 0, said: "" });
    expect((await visit()).monitors).toMatchObject([{ name: "someone's own" }]);
  });

  test("speaks to Kuma 2 as well, which asks for more of a new monitor", async () => {
    const second = new LocalKuma("2.0.2");
    await second.start();
    try {
      expect(await second.keeper("write", both)).toEqual({ code: 0, said: "" });
      expect(JSON.parse((await second.keeper("read", both)).said)).toEqual(both);
    } finally {
      await second.remove();
    }
  });

  test.each<[string, () => Promise<unknown>, object, RegExp]>([
    [
      "a notification that is not there",
      async () => {},
      { "monitor nara": { ...tokyo["monitor tokyo"], notifications: ["pager"] } },
      /^Uptime Kuma has no notification pager$/,
    ],
    [
      "a token that is not there",
      async () => {},
      { "monitor nara": { type: "push", interval: 60, tokenFile: "/nowhere/token" } },
      /No such file.*\/nowhere\/token/,
    ],
    [
      "a wrong password",
      async () =>
        writeFileSync(
          join(kuma.folder, "settings.json"),
          JSON.stringify({ url: kuma.url, username: "admin", password: "wrong-1" }),
        ),
      both,
      /^login: authIncorrectCreds$/,
    ],
    ["a Kuma that is down", () => kuma.stop(), both, /^Uptime Kuma does not answer: .*refused/],
  ])("says why it fails: %s", async (_, prepare, records, expected) => {
    await prepare();
    const { code, said } = await kuma.keeper("write", records);
    expect([code, said]).toEqual([1, expect.stringMatching(expected)]);
    expect(said).not.toContain(kuma.password);
  });
});
