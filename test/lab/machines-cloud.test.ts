import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  labClearFaults,
  labDown,
  labEnvironment,
  labFault,
  labLog,
  labStatus,
  labUp,
} from "../../src/lab/lifecycle.ts";
import { makeKeyPair } from "../../src/lab/machines/key-pair.ts";
import { labPaths } from "../../src/lab/paths.ts";
import type { LabSpec } from "../../src/lab/types.ts";

const STACK = `test-cloud-${process.pid}`;
const run = promisify(execFile);
const quiet = {
  step: <T>(_: string, work: (note: (text: string) => void) => Promise<T>) => work(() => {}),
  say: () => {},
};
const spec: LabSpec = {
  stack: STACK,
  packages: { 12: [], 13: [] },
  staticHosts: [],
  accountId: "1".repeat(32),
  zones: [{ id: "2".repeat(32), name: "example.com" }],
  adoptedServers: [
    { name: "veteran", type: "cx43", location: "hel1", publicAddress: "203.0.113.40", labels: { role: "primary" } },
  ],
};
const up = () => labUp(spec, { progress: quiet });
const ssh = async (host: string, command: string): Promise<string> =>
  (
    await run("ssh", ["-F", labPaths(STACK).sshConfig, "-o", "BatchMode=yes", "-o", "ConnectTimeout=4", host, command])
  ).stdout.trim();

interface Action {
  id: number;
  status: string;
}
interface Server {
  id: number;
  name: string;
  status: string;
  labels: object;
  public_net: { ipv4: { ip: string } };
}

async function hcloud<T>(method: string, path: string, body?: object): Promise<T> {
  const { url, token } = (await labStatus(STACK)).clouds.hcloud!;
  const response = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: body && JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return (await response.json().catch(() => undefined)) as T;
}
const settled = (action: Action) =>
  expect
    .poll(async () => (await hcloud<{ action: Action }>("GET", `/actions/${action.id}`)).action.status, {
      timeout: 60_000,
      interval: 20,
    })
    .toBe("success");
const servers = async () => (await hcloud<{ servers: Server[] }>("GET", "/servers")).servers;

beforeAll(up);
afterAll(() => labDown(STACK, { forget: true }));

test("an adopted server is in the cloud and on the network before anybody asked for it", async () => {
  expect(await servers()).toMatchObject([
    { name: "veteran", status: "running", labels: { role: "primary" }, public_net: { ipv4: { ip: "203.0.113.40" } } },
  ]);
  expect(await ssh("veteran", "hostname; ip -4 -o addr show eth0 | grep -c 203.0.113.40")).toBe("veteran\n1");
});

test("a created server boots with the user data and host key that it was given, and is known before its action ends", async () => {
  const folder = await mkdtemp(join(tmpdir(), "fleet-key-"));
  await makeKeyPair(join(folder, "host"));
  const [secretHalf, publicHalf] = await Promise.all([
    readFile(join(folder, "host"), "utf8"),
    readFile(join(folder, "host.pub"), "utf8"),
  ]);
  await rm(folder, { recursive: true });
  const user_data =
    "#cloud-config\n" +
    JSON.stringify({
      ssh_keys: { ed25519_private: secretHalf, ed25519_public: publicHalf.trim() },
      runcmd: ["touch /root/ran"],
    });
  const { server, action } = await hcloud<{ server: Server; action: Action }>("POST", "/servers", {
    name: "newcomer",
    server_type: "cx23",
    image: "debian-12",
    location: "nbg1",
    user_data,
  });
  await settled(action);
  expect(await readFile(labPaths(STACK).knownHosts, "utf8")).toContain(`newcomer ${publicHalf.trim()}\n`);
  expect(await ssh("newcomer", "hostname; cloud-init status --wait; ls /root")).toMatch(
    /^newcomer\n\.*\n?status: done\nran$/,
  );
  expect((await labStatus(STACK)).hosts.map((h) => [h.name, h.port, h.user, h.running])).toEqual([
    ["veteran", 22, "root", true],
    ["newcomer", 22, "root", true],
  ]);

  await settled((await hcloud<{ action: Action }>("POST", `/servers/${server.id}/actions/poweroff`)).action);
  expect((await labStatus(STACK)).hosts.find((h) => h.name === "newcomer")?.running).toBe(false);
  await settled((await hcloud<{ action: Action }>("POST", `/servers/${server.id}/actions/poweron`)).action);
  expect(await ssh("newcomer", "ls /root")).toBe("ran");
});

test("servers and their disks are as they were after the lab was down", async () => {
  const before = await servers();
  await labDown(STACK);
  await up();
  expect(await servers()).toEqual(before);
  expect(await ssh("newcomer", "ls /root")).toBe("ran");
});

test("a deleted server vanishes: its machine, its disk and its place in the ssh configuration", async () => {
  const { id } = (await servers()).find((s) => s.name === "newcomer")!;
  await settled((await hcloud<{ action: Action }>("DELETE", `/servers/${id}`)).action);
  expect((await labStatus(STACK)).hosts.map((h) => h.name)).toEqual(["veteran"]);
  expect(await readFile(labPaths(STACK).sshConfig, "utf8")).not.toContain("newcomer");
  expect(await readFile(labPaths(STACK).knownHosts, "utf8")).not.toContain("newcomer");
});

test("the environment leads to both clouds, and requests are logged without their tokens", async () => {
  const env = await labEnvironment(STACK);
  const zones = await fetch(`${env.CLOUDFLARE_BASE_URL}/zones`, {
    headers: { authorization: `Bearer ${env.CLOUDFLARE_API_TOKEN}` },
  });
  expect(await zones.json()).toMatchObject({ success: true, result: [{ id: "2".repeat(32), name: "example.com" }] });
  expect(env.PULUMI_DEBUG_PROVIDERS).toMatch(/^cloudflare:\d+,command:\d+$/);
  const log = await labLog(STACK);
  expect(log.at(-1)).toMatchObject({ cloud: "cloudflare", method: "GET", path: "/zones", status: 200 });
  expect(JSON.stringify(log)).not.toContain(env.HCLOUD_TOKEN);
});

test("faults strike as often as they were told to, or until they are cleared", async () => {
  await labFault(STACK, { cloud: "hcloud", fault: "status", status: 429, times: 1 });
  await expect(servers()).rejects.toThrow("429");
  expect(await servers()).toHaveLength(1);
  await labFault(STACK, { fault: "status" });
  expect(await labClearFaults(STACK)).toBe(1);
  expect(await servers()).toHaveLength(1);
});

test("the files that hold tokens and keys are for root's eyes only", async () => {
  const { stdout } = await run("find", [
    labPaths(STACK).folder,
    "-maxdepth",
    "1",
    "-type",
    "f",
    "-perm",
    "/077",
    "-printf",
    "%f\n",
  ]);
  expect(stdout.split("\n").filter((name) => name && !name.endsWith(".pub"))).toEqual([]);
});

test("of a lab that is down nothing can be asked", async () => {
  await labDown(STACK);
  await expect(labLog(STACK)).rejects.toThrow(/fleet lab up/);
  await expect(labEnvironment(STACK)).rejects.toThrow(`fleet lab up ${STACK}`);
});
