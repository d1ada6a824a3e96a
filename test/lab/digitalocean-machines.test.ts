import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { labDown, labEnvironment, labLog, labMachine, labStatus, labUp } from "../../src/lab/lifecycle.ts";
import { labPaths } from "../../src/lab/paths.ts";
import type { LabSpec } from "../../src/lab/types.ts";
import { quiet } from "./quiet.ts";

const STACK = `test-droplets-${process.pid}`;
const spec: LabSpec = {
  stack: STACK,
  staticHosts: [],
  adoptedServers: [],
  zones: [],
  accountId: "0".repeat(32),
  digitalocean: {
    adoptedDroplets: [
      { name: "veteran", size: "s-1vcpu-1gb", region: "nyc3", publicAddress: "203.0.113.50", tags: ["edge"] },
    ],
  },
};
const up = () => labUp(spec, { progress: quiet });
beforeAll(up);
afterAll(() => labDown(STACK, { forget: true }));

const ssh = async (host: string, command: string): Promise<string> => {
  const options = ["-F", labPaths(STACK).sshConfig, "-o", "BatchMode=yes", "-o", "ConnectTimeout=4"];
  return (await promisify(execFile)("ssh", [...options, host, command])).stdout.trim();
};

interface Droplet {
  id: number;
  name: string;
  status: string;
}

/** @param path below /v2 */
async function call<T>(method: string, path: string, body?: object): Promise<T> {
  const { url, token } = (await labStatus(STACK)).clouds.digitalocean!;
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const response = await fetch(`${url}/v2${path}`, { method, headers, body: body && JSON.stringify(body) });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return (await response.json().catch(() => undefined)) as T;
}
const completed = (id: number) =>
  expect
    .poll(async () => (await call<{ action: { status: string } }>("GET", `/actions/${id}`)).action.status, {
      timeout: 120_000,
      interval: 50,
    })
    .toBe("completed");
const droplets = async () => (await call<{ droplets: Droplet[] }>("GET", "/droplets")).droplets;
const addresses = (host: string) => ssh(host, "ip -4 -o addr show eth0");

test("a droplet is a machine: with its user data, its reserved address and its end, over a restart of the lab", async () => {
  expect(await droplets()).toMatchObject([{ name: "veteran", status: "active", tags: ["edge"] }]);
  expect(await addresses("veteran")).toContain("203.0.113.50");

  const user_data = `#cloud-config\n${JSON.stringify({ runcmd: ["touch /root/ran"] })}`;
  const wanted = { name: "newcomer", size: "s-1vcpu-2gb", image: "debian-13-x64", region: "nyc3", user_data };
  const made = await call<{ droplet: Droplet; links: { actions: { id: number }[] } }>("POST", "/droplets", wanted);
  await completed(made.links.actions[0]!.id);
  expect(await ssh("newcomer", "hostname; cloud-init status --wait; ls /root")).toMatch(
    /^newcomer\n\.*\n?status: done\nran$/,
  );

  const body = { droplet_id: made.droplet.id };
  const reserved = await call<{ reserved_ip: { ip: string }; links: { actions: { id: number }[] } }>(
    "POST",
    "/reserved_ips",
    body,
  );
  await completed(reserved.links.actions[0]!.id);
  expect(await addresses("newcomer")).toContain(reserved.reserved_ip.ip);

  // What was switched off by hand stays off, and what the cloud knows outlives the lab's restart.
  await labMachine(STACK, "veteran", "stop");
  await up();
  expect((await labStatus(STACK)).hosts.map(({ name, running }) => [name, running])).toEqual([
    ["veteran", false],
    ["newcomer", true],
  ]);
  await labDown(STACK);
  await up();
  expect((await droplets()).map(({ name, status }) => [name, status])).toEqual([
    ["veteran", "active"],
    ["newcomer", "active"],
  ]);
  expect(await ssh("newcomer", "ls /root")).toBe("ran");
  expect(await addresses("newcomer")).toContain(reserved.reserved_ip.ip);

  await call("DELETE", `/droplets/${made.droplet.id}`);
  await expect.poll(async () => (await droplets()).length, { timeout: 60_000 }).toBe(1);
  expect((await labStatus(STACK)).hosts.map(({ name }) => name)).toEqual(["veteran"]);
  expect(await readFile(labPaths(STACK).sshConfig, "utf8")).not.toContain("newcomer");
});

test("the environment leads there, and requests are logged", async () => {
  const env = await labEnvironment(STACK);
  const headers = { authorization: `Bearer ${env.DIGITALOCEAN_TOKEN}` };
  expect((await fetch(`${env.DIGITALOCEAN_API_URL}/v2/account`, { headers })).status).toBe(200);
  expect(env.PULUMI_DEBUG_PROVIDERS).toMatch(/^cloudflare:\d+,command:\d+,digitalocean:\d+$/);
  const [last] = (await labLog(STACK)).slice(-1);
  expect(last).toMatchObject({ cloud: "digitalocean", method: "GET", path: "/account", status: 200 });
});
