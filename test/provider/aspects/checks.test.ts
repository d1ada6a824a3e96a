/** Health checks as the far side runs them, against real sockets of this machine. */
import { execFile } from "node:child_process";
import { createSocket } from "node:dgram";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkSchema } from "../../../src/model/bundle.ts";
import { checkBody } from "../../../src/provider/aspects/checks/script.ts";
import { hexPort, PORTS, watchedPort } from "../../../src/provider/aspects/checks/ports.ts";
import { fn } from "../../../src/provider/remote/sh.ts";

let server: Server;
let port: number;
let udpPort: number;
const udp = createSocket("udp4");
const folder = mkdtempSync(join(tmpdir(), "fleet-check-"));

beforeAll(async () => {
  server = createServer((request, response) => {
    response.statusCode = request.url === "/missing" ? 404 : 200;
    response.end(`host=${request.headers.host} odd=${String(request.headers["x-odd"])}`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
  await new Promise<void>((resolve) => udp.bind(0, "127.0.0.1", resolve));
  udpPort = udp.address().port;
});
afterAll(() => {
  server.close();
  udp.close();
  rmSync(folder, { recursive: true });
});

/** What the check said, and whether it passed. */
const runCheck = (check: object) =>
  new Promise<{ passed: boolean; said: string }>((resolve) => {
    const script = [`work=${folder}`, ...fn("check", [checkBody(0, checkSchema.parse(check))]), "check"].join("\n");
    execFile("sh", ["-c", script], (error, stdout, stderr) =>
      resolve({ passed: error === null, said: stdout + stderr }),
    );
  });

test.each<[string, () => object, boolean, RegExp]>([
  [
    "http: the expected answer",
    () => ({ kind: "http", url: `http://127.0.0.1:${port}/`, body: "host=127" }),
    true,
    /^$/,
  ],
  [
    "http: a header with quotes",
    () => ({
      kind: "http",
      url: `http://127.0.0.1:${port}/`,
      headers: { Host: "example.com", "X-Odd": `a"b\\c'd` },
      body: `host=example.com odd=a"b\\c'd`,
    }),
    true,
    /^$/,
  ],
  [
    "http: another status",
    () => ({ kind: "http", url: `http://127.0.0.1:${port}/missing` }),
    false,
    /answered 404 instead of 200/,
  ],
  [
    "http: a status that is not 200 but expected",
    () => ({ kind: "http", url: `http://127.0.0.1:${port}/missing`, status: 404 }),
    true,
    /^$/,
  ],
  [
    "http: another body",
    () => ({ kind: "http", url: `http://127.0.0.1:${port}/`, body: "absent" }),
    false,
    /does not contain.*\nhost=127/,
  ],
  ["http: nobody there", () => ({ kind: "http", url: "http://127.0.0.1:1/" }), false, /connect/],
  ["tcp: open", () => ({ kind: "tcp", port }), true, /^$/],
  ["tcp: closed", () => ({ kind: "tcp", port: 1 }), false, /refused/],
  ["udp: bound", () => ({ kind: "udp", port: udpPort }), true, /^$/],
  ["udp: not bound", () => ({ kind: "udp", port: 1 }), false, /nothing is bound to udp port 1/],
  ["command: passes", () => ({ kind: "command", command: "x=1; [ $x = 1 ]" }), true, /^$/],
  ["command: fails", () => ({ kind: "command", command: "echo why; false" }), false, /why/],
])("%s", async (_, check, passed, said) => {
  expect(await runCheck(check())).toEqual({ passed, said: expect.stringMatching(said) });
});

test("ports that are listened on are found, each under its protocol", async () => {
  const script = PORTS.ask([
    { protocol: "tcp", port },
    { protocol: "tcp", port: 1 },
    { protocol: "udp", port: udpPort },
    { protocol: "udp", port: 1 },
  ]).join("\n");
  const said = await new Promise<string>((resolve) => execFile("sh", ["-c", script], (_, stdout) => resolve(stdout)));
  expect(said.split("\n").filter(Boolean)).toEqual([
    "#fleet:ports",
    `tcp ${hexPort(port)}`,
    `udp ${hexPort(udpPort)}`,
    "#fleet:ports-end",
  ]);
});

test.each([
  [
    { kind: "tcp", port: 80 },
    { protocol: "tcp", port: 80 },
  ],
  [
    { kind: "udp", port: 53 },
    { protocol: "udp", port: 53 },
  ],
  [{ kind: "tcp", address: "10.0.0.1", port: 80 }, undefined],
  [{ kind: "http", url: "http://127.0.0.1/" }, undefined],
])("%j watches %j", (check, expected) => expect(watchedPort(checkSchema.parse(check))).toEqual(expected));
