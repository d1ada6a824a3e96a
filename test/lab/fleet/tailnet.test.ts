import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Changes } from "../../../src/engine/changes.ts";
import { scratchCheckout, type Checkout } from "./checkout.ts";

/** A fleet in a tailnet: two machines without any public address, of which one needs a port of the other. */

const host = (name: string, role: string, services: string) => `
import { z } from "zod";
import { pi } from "../../src/model/host.ts";
import { tcp } from "../../src/model/port.ts";
import { service } from "../../src/model/service.ts";

const db = service("db", {
  args: z.strictObject({}),
  ports: () => [tcp(5432, "mesh")],
  render: () => ({ units: { "db.service": {
    text: "[Service]\\nExecStart=/usr/bin/python3 -m http.server 5432\\n[Install]\\nWantedBy=multi-user.target\\n",
  } } }),
});
const api = service("api", { args: z.strictObject({}), dependsOn: () => ["gamma/db"], render: () => ({}) });

export default pi({ name: "${name}", os: "debian", roles: ["${role}"], services: [${services}] });
`;
const fleetFile = (mesh: string) => `
import { fleet } from "../../src/model/fleet.ts";
import type { Host } from "../../src/model/host.ts";

export default (hosts: Host[]) =>
  fleet({ name: "pis", hosts, mesh: { type: "tailscale", tailnet: "tail1234.ts.net", ${mesh} } });
`;
const DOCUMENT = "document: '{\\n  // the house\\n}'";

let fleet: Checkout;
beforeAll(async () => {
  fleet = await scratchCheckout("pis", {
    "stacks/pis/fleet.ts": fleetFile(DOCUMENT),
    "hosts/pis/alpha.ts": host("alpha", "web", "api({})"),
    "hosts/pis/gamma.ts": host("gamma", "database", "db({})"),
  });
});
afterAll(async () => fleet?.[Symbol.asyncDispose]());

const changed = ({ resources }: Changes) =>
  resources
    .filter((r) => r.op !== "same")
    .map(({ op, urn }) => `${op} ${urn.split("::").at(-1)}`)
    .sort();
const reaches = async (from: string, to: string, port: number) =>
  (await fleet.ssh(from, `timeout 2 bash -c '</dev/tcp/${to}/${port}' && echo yes || echo no`)) === "yes";
const api = async (method: string, path: string, body?: string) => {
  const { url, token } = (await fleet.status()).clouds.tailscale!;
  const headers = { authorization: `Bearer ${token}`, accept: "application/hujson" };
  return (await fetch(`${url}/api/v2${path}`, { method, headers, body })).text();
};

test("hosts join by keys of their own, and only what one needs of the other passes", async () => {
  expect(await fleet.up()).toMatchObject({ exitCode: 0 });
  await expect.poll(() => reaches("alpha", "gamma", 5432), { timeout: 20_000 }).toBe(true);
  expect(await reaches("alpha", "gamma", 22)).toBe(false);
  expect(await reaches("gamma", "alpha", 22)).toBe(false);
  expect(await api("GET", "/tailnet/-/acl")).toBe((await fleet.fleet(["mesh", "policy", "pis"])).stdout);
  expect(await api("GET", "/tailnet/-/acl")).toMatch(/^\{\n {2}\/\/ the house\n/);
});

test("a second up changes nothing, and nothing has drifted", async () => {
  expect(changed((await fleet.up()).changes)).toEqual([]);
  expect(await fleet.drift()).toMatchObject({ exitCode: 0, drift: { summary: { drifted: 0, unknown: 0 } } });
});

test("the keys are on their machines, and in no state in clear", async () => {
  const key = await fleet.ssh("alpha", "cat /etc/fleet/tailscale.key");
  expect(key).toMatch(/^tskey-auth-/);
  const kept = await readdir(join(fleet.lab, "state"), { recursive: true, withFileTypes: true });
  for (const entry of kept.filter((e) => e.isFile()))
    expect(await readFile(join(entry.parentPath, entry.name), "utf8")).not.toContain(key);
});

test("a policy that was edited in the console is drift, and is put back", async () => {
  const ours = await api("GET", "/tailnet/-/acl");
  await api(
    "POST",
    "/tailnet/-/acl",
    '{"acls": [{"action": "accept", "src": ["*"], "dst": ["*:*"]}], "tagOwners": {"tag:web": [], "tag:database": []}}',
  );
  const found = await fleet.drift();
  expect(found).toMatchObject({ exitCode: 2, drift: { summary: { drifted: 1, unknown: 0 } } });
  expect(await fleet.fleet(["drift", "pis", "--lab", "--fix"])).toMatchObject({ exitCode: 0 });
  expect(await api("GET", "/tailnet/-/acl")).toBe(ours);
});

test("a host that was removed in the console is drift, and joins again by a new key", async () => {
  const { devices } = JSON.parse(await api("GET", "/tailnet/-/devices")) as { devices: { id: string; name: string }[] };
  await api("DELETE", `/device/${devices.find(({ name }) => name.startsWith("alpha"))!.id}`);
  await expect.poll(() => fleet.ssh("alpha", "tailscale status || true"), { timeout: 10_000 }).toContain("Logged out");
  const found = await fleet.fleet(["drift", "pis", "--lab"]);
  expect(found).toMatchObject({
    exitCode: 2,
    stdout: expect.stringContaining("node.loggedIn: declared true, found false"),
  });
  // The key that it joined with is spent, and the error says so.
  const refused = await fleet.fleet(["up", "pis", "--lab"]);
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toMatch(/API key \w+ not valid/);
  expect(await fleet.fleet(["mesh", "rejoin", "pis", "--host", "alpha", "--lab"])).toMatchObject({ exitCode: 0 });
  expect(await reaches("alpha", "gamma", 5432)).toBe(true);
  expect(changed((await fleet.up()).changes)).toEqual([]);
});

test("a policy whose tests fail is refused before anything is touched, with the failing line", async () => {
  const failing = '{"tests": [{"src": "tag:web", "accept": ["tag:database:22"]}]}';
  await fleet.write("stacks/pis/fleet.ts", fleetFile(`document: '${failing}'`));
  const before = await api("GET", "/tailnet/-/acl");
  const { exitCode, stdout, stderr } = await fleet.fleet(["preview", "pis", "--lab"]);
  expect(exitCode).not.toBe(0);
  expect(stdout + stderr).toContain('tag:web: address "tag:database:22": want: Accept, got: Drop');
  expect(await api("GET", "/tailnet/-/acl")).toBe(before);
});

test("everyone to everything is one word, and its preview shows the lines", async () => {
  await fleet.write("stacks/pis/fleet.ts", fleetFile(`policy: "open", ${DOCUMENT}`));
  const preview = await fleet.fleet(["preview", "pis", "--lab"]);
  expect(preview.stdout).toContain('+    {"src": ["*"], "dst": ["*"], "ip": ["*"]},');
  expect(await fleet.up()).toMatchObject({ exitCode: 0 });
  await expect.poll(() => reaches("gamma", "alpha", 22), { timeout: 10_000 }).toBe(true);
});
