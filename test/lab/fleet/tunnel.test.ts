import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { httpGet } from "../../../src/probes/http.ts";
import { addressIn, EDGE } from "../../../src/lab/machines/subnet.ts";
import { scratchCheckout, type Checkout } from "./checkout.ts";

/** A tunnel that two machines carry, neither of which has an address in the world: each answers its own name. */

const ACCOUNT = "8".repeat(32);
const host = (name: string) => `
import { z } from "zod";
import { cloudflared } from "../../services/cloudflared/index.ts";
import { pi } from "../../src/model/host.ts";
import { tcp } from "../../src/model/port.ts";
import { service } from "../../src/model/service.ts";

const page = service("page", {
  args: z.strictObject({}),
  ports: () => [tcp(3000, "loopback")],
  render: () => ({
    directories: { "/srv/page": {} },
    files: { "/srv/page/index.html": { content: "page\\n" } },
    units: { "page.service": {
      text: "[Service]\\nWorkingDirectory=/srv/page\\nExecStart=/usr/bin/python3 -m http.server --bind 127.0.0.1 3000\\n" +
        "[Install]\\nWantedBy=multi-user.target\\n",
    } },
  }),
});

export default pi({ name: "${name}", os: "debian", services: [page({}), cloudflared({ tunnel: "home" })] });
`;
const fleetFile = (service = "http://localhost:3000") => `
import { zone } from "../../src/model/dns.ts";
import { edge, tunnel } from "../../src/model/edge.ts";
import { fleet } from "../../src/model/fleet.ts";
import type { Host } from "../../src/model/host.ts";

export default (hosts: Host[]) => fleet({
  name: "pis",
  hosts,
  zones: [zone({ name: "pis.example", id: "7".repeat(32) })],
  edge: edge({ account: "${ACCOUNT}", tunnels: [tunnel({
    name: "home",
    hosts: ["alpha", "beta"],
    ingress: [{ hostname: "www.pis.example", service: "${service}" }],
  })] }),
});
`;

let fleet: Checkout;
beforeAll(async () => {
  fleet = await scratchCheckout("pis", {
    "stacks/pis/fleet.ts": fleetFile(),
    "hosts/pis/alpha.ts": host("alpha"),
    "hosts/pis/beta.ts": host("beta"),
  });
});
afterAll(async () => fleet?.[Symbol.asyncDispose]());

interface Tunnel {
  id: string;
  status: string;
  connections: { client_id: string }[];
}
const path = `/accounts/${ACCOUNT}/cfd_tunnel`;
const theTunnel = async (): Promise<Tunnel> =>
  (await fleet.cloud<{ result: Tunnel[] }>("cloudflare", "GET", path)).result[0]!;
const statusOf = async () => (await theTunnel()).status;
async function visit(): Promise<string> {
  const { subnet } = JSON.parse(await readFile(join(fleet.lab, "lab.json"), "utf8")) as { subnet: string };
  const ask = { tls: true, port: 443, host: "www.pis.example", path: "/", headers: {} };
  const { status, body } = await httpGet({ ...ask, address: addressIn(subnet, EDGE) });
  return `${status} ${body}`.trim();
}
const soon = { timeout: 20_000, interval: 200 };
const onBoth = (command: string) => Promise.all(["alpha", "beta"].map((name) => fleet.ssh(name, command)));

test("visitors come in through the edge and the tunnel, and both machines carry it", async () => {
  expect(await fleet.up()).toMatchObject({ exitCode: 0 });
  await expect.poll(visit, soon).toBe("200 page");
  const { status, connections } = await theTunnel();
  expect([status, connections.length, new Set(connections.map((c) => c.client_id)).size]).toEqual(["healthy", 8, 2]);
  const check = await fleet.fleet(["check", "pis", "--lab"]);
  expect(check.stdout).toContain("✓ https://www.pis.example/ is answered through the tunnel home");
  expect(check.exitCode).toBe(0);
});

test("a second up changes nothing, and nothing has drifted", async () => {
  expect((await fleet.up()).changes.resources.filter(({ op }) => op !== "same")).toEqual([]);
  expect(await fleet.drift()).toMatchObject({ exitCode: 0, drift: { summary: { drifted: 0, unknown: 0 } } });
});

test("the token is on the machines, for root alone, and in no state, process or log in clear", async () => {
  const [token] = await onBoth("stat -c %a:%U /etc/fleet/cloudflared.token; cat /etc/fleet/cloudflared.token");
  const [mode, value] = token!.split("\n");
  expect([mode, value!.length > 100]).toEqual(["600:root", true]);
  const said = await onBoth(
    "tr '\\0' ' ' </proc/$(systemctl show -P MainPID cloudflared)/cmdline; journalctl -u cloudflared",
  );
  expect(said.join()).not.toContain(value);
  const kept = await readdir(join(fleet.lab, "state"), { recursive: true, withFileTypes: true });
  for (const entry of kept.filter((e) => e.isFile()))
    expect(await readFile(join(entry.parentPath, entry.name), "utf8")).not.toContain(value);
});

test("a configuration that was edited in the console is drift, and is put back without a restart", async () => {
  const before = await onBoth("systemctl show -P MainPID cloudflared");
  const { id } = await theTunnel();
  await fleet.cloud("cloudflare", "PUT", `${path}/${id}/configurations`, {
    config: { ingress: [{ service: "http_status:418" }] },
  });
  await expect.poll(visit, soon).toBe("418");
  const { exitCode, drift } = await fleet.drift();
  const drifted = drift.resources.filter(({ status }) => status === "drifted");
  expect([exitCode, drifted.map(({ urn }) => urn.split("::").at(-1))]).toEqual([2, ["home"]]);
  expect(drifted[0]!.changes.map((c) => c.path)).toContain("config.ingresses[0].service");
  expect(await fleet.up()).toMatchObject({ exitCode: 0 });
  await expect.poll(visit, soon).toBe("200 page");
  expect(await onBoth("systemctl show -P MainPID cloudflared")).toEqual(before);
});

test("one machine gone, the other carries on; the origin gone is 502, both gone is 530", async () => {
  await fleet.ssh("alpha", "systemctl stop cloudflared");
  await expect.poll(visit, soon).toBe("200 page");
  await fleet.ssh("beta", "systemctl stop page");
  await expect.poll(visit, soon).toMatch(/^502/);
  const check = await fleet.fleet(["check", "pis", "--lab"]);
  expect(check.stdout).toContain("status 502: a connector is there, but what it leads to does not answer");
  await fleet.ssh("beta", "systemctl stop cloudflared");
  await expect.poll(visit, soon).toBe("530 error code: 1033");
  expect(await statusOf()).toBe("down");
});

test("a revoked token lets nobody in, and the next up brings the new one", async () => {
  const { id } = await theTunnel();
  await fleet.cloud("cloudflare", "PATCH", `${path}/${id}`, { tunnel_secret: Buffer.alloc(32, 7).toString("base64") });
  await fleet.ssh("alpha", "systemctl start --no-block cloudflared");
  const journal = () => fleet.ssh("alpha", "journalctl -u cloudflared");
  await expect.poll(journal, soon).toContain("Unauthorized: Invalid tunnel secret");
  expect(await statusOf()).toBe("down");
  expect(await fleet.up()).toMatchObject({ exitCode: 0 });
  await expect.poll(visit, soon).toBe("200 page");
  expect(await statusOf()).toBe("healthy");
});
