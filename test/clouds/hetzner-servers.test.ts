import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Store } from "../../src/lab/clouds/store.ts";
import { fakeMachines } from "./fake-machines.ts";
import { publicKey, startTestCloud, type TestCloud } from "./hetzner-client.ts";

const web = { name: "web", server_type: "cx23", image: "debian-12", location: "hel1" };
let cloud: TestCloud;
beforeEach(async () => void (cloud = await startTestCloud()));
afterEach(() => cloud.close());

const statusOf = async (id: number): Promise<string> =>
  (await cloud.call("GET", `/servers/${id}`)).body.server?.status ?? "gone";

async function makeServer(more: object = {}) {
  const made = await cloud.make("/servers", { ...web, ...more });
  await cloud.wait(made.action);
  return made.server;
}

describe("a created server", () => {
  test("boots with its keys, user data and public address", async () => {
    const key = publicKey();
    await cloud.make("/ssh_keys", { name: "ops", public_key: key });
    cloud.machines.startTakes = 30;
    const made = await cloud.make("/servers", { ...web, ssh_keys: ["ops"], user_data: "#cloud-config\n" });
    expect([
      made.server.status,
      made.server.locked,
      made.action.status,
      made.next_actions[0].command,
      made.root_password,
    ]).toEqual(["starting", true, "running", "start_server", null]);
    expect((await cloud.wait(made.action)).progress).toBe(100);
    const { server } = (await cloud.call("GET", `/servers/${made.server.id}`)).body;
    expect([server.status, server.locked, server.public_net.ipv4.ip]).toEqual(["running", false, "198.19.0.2"]);
    expect(cloud.machines.specs).toEqual([
      { name: "web", release: 12, authorizedKeys: [key], userData: "#cloud-config\n", publicAddress: "198.19.0.2" },
    ]);
  });

  test("does not start when it is not asked to", async () => {
    const server = await makeServer({ start_after_create: false });
    expect([server.status, cloud.machines.calls]).toEqual(["off", ["create web"]]);
  });

  test("gets a root password only without keys, another one each time", async () => {
    const [one, two] = [await cloud.make("/servers", web), await cloud.make("/servers", { ...web, name: "web-2" })];
    expect(one.root_password).toMatch(/^\S{16}$/);
    expect(one.root_password).not.toBe(two.root_password);
  });

  test("tells its machine the address of a primary IP that it was given", async () => {
    const { primary_ip } = await cloud.make("/primary_ips", { name: "front", type: "ipv4", location: "hel1" });
    const server = await makeServer({ public_net: { ipv4: primary_ip.id, enable_ipv6: false } });
    expect([server.public_net.ipv4.ip, server.public_net.ipv6, cloud.machines.specs[0]?.publicAddress]).toEqual([
      primary_ip.ip,
      null,
      primary_ip.ip,
    ]);
  });

  test("leaves nothing behind when there is no machine for it", async () => {
    cloud.machines.failNext = "no space left";
    const { status, body } = await cloud.call("POST", "/servers", web);
    expect([status, body.error.code, body.error.message]).toEqual([
      412,
      "resource_unavailable",
      "no machine for server 'web': no space left",
    ]);
    expect((await cloud.call("GET", "/primary_ips")).body.primary_ips).toEqual([]);
    expect((await makeServer()).name).toBe("web");
  });

  test("is off with a failed action when its machine does not start", async () => {
    const made = await cloud.make("/servers", { ...web, start_after_create: false });
    cloud.machines.failNext = "kernel panic";
    const { action } = await cloud.make(`/servers/${made.server.id}/actions/poweron`, {});
    expect(await cloud.wait(action)).toMatchObject({
      status: "error",
      error: { code: "action_failed", message: "kernel panic" },
    });
    expect(await statusOf(made.server.id)).toBe("off");
  });
});

test.each<[command: string, after: string, calls: string[]]>([
  ["poweron", "running", ["start web"]],
  ["poweroff", "off", ["stop web"]],
  ["shutdown", "off", ["stop web"]],
  ["reboot", "running", ["stop web", "start web"]],
  ["reset", "running", ["stop web", "start web"]],
  ["rebuild", "running", ["stop web", "remove web", "create web", "start web"]],
  ["enable_rescue", "running", []],
  ["enable_backup", "running", []],
])("%s ends in %s", async (command, after, calls) => {
  const { id } = await makeServer();
  cloud.machines.calls.length = 0;
  const { action } = await cloud.make(`/servers/${id}/actions/${command}`, { image: "debian-12" });
  expect((await cloud.wait(action)).status).toBe("success");
  expect([await statusOf(id), cloud.machines.calls]).toEqual([after, calls]);
});

test("a server of another type is started again", async () => {
  const { id } = await makeServer();
  await cloud.wait((await cloud.make(`/servers/${id}/actions/poweroff`, {})).action);
  const { action } = await cloud.make(`/servers/${id}/actions/change_type`, {
    server_type: "cx33",
    upgrade_disk: false,
  });
  expect((await cloud.wait(action)).status).toBe("success");
  const { server } = (await cloud.call("GET", `/servers/${id}`)).body;
  expect([server.server_type.name, server.status, cloud.machines.calls.at(-1)]).toEqual([
    "cx33",
    "running",
    "start web",
  ]);
});

test("two things at once are refused while the first is under way", async () => {
  const { id } = await makeServer();
  cloud.machines.startTakes = 50;
  const { action } = await cloud.make(`/servers/${id}/actions/reboot`, {});
  for (const [method, path] of [
    ["POST", `/servers/${id}/actions/poweroff`],
    ["DELETE", `/servers/${id}`],
  ] as const) {
    const { status, body } = await cloud.call(method, path);
    expect([status, body.error.code]).toEqual([423, "locked"]);
  }
  await cloud.wait(action);
  expect((await cloud.call("DELETE", `/servers/${id}`)).status).toBe(200);
});

test("a deleted server takes its machine with it, and frees what others still need", async () => {
  const { firewall } = await cloud.make("/firewalls", { name: "web" });
  const { primary_ip } = await cloud.make("/primary_ips", { name: "front", type: "ipv4", location: "hel1" });
  const { id } = await makeServer({ firewalls: [{ firewall: firewall.id }], public_net: { ipv4: primary_ip.id } });
  const { volume } = await cloud.make("/volumes", { name: "data", size: 10, server: id });
  const { body } = await cloud.call("DELETE", `/servers/${id}`);
  await cloud.wait(body.action);
  expect([await statusOf(id), await cloud.machines.list()]).toEqual(["gone", []]);
  expect((await cloud.call("GET", `/volumes/${volume.id}`)).body.volume.server).toBeNull();
  expect((await cloud.call("GET", "/primary_ips")).body.primary_ips).toMatchObject([
    { name: "front", assignee_id: null },
  ]);
  expect((await cloud.call("DELETE", `/firewalls/${firewall.id}`)).status).toBe(204);
});

test("a protected server stays until it is protected no more", async () => {
  const { id } = await makeServer();
  await cloud.make(`/servers/${id}/actions/change_protection`, { delete: true, rebuild: true });
  expect((await cloud.call("DELETE", `/servers/${id}`)).body.error.code).toBe("protected");
  expect((await cloud.call("POST", `/servers/${id}/actions/rebuild`, { image: "debian-12" })).body.error.code).toBe(
    "protected",
  );
  await cloud.make(`/servers/${id}/actions/change_protection`, { delete: false, rebuild: false });
  expect((await cloud.call("DELETE", `/servers/${id}`)).status).toBe(200);
});

test("a renamed server keeps its machine, and its old name is free for a machine of its own", async () => {
  const { id } = await makeServer();
  await cloud.call("PUT", `/servers/${id}`, { name: "old" });
  const next = await makeServer();
  expect((await cloud.machines.list()).map(({ name }) => name)).toEqual(["web", `web-${next.id}`]);
});

test("a firewall on a label selector holds for the servers with the label, as they come and go", async () => {
  const selector = { type: "label_selector", label_selector: { selector: "role=web" } };
  const { firewall } = await cloud.make("/firewalls", { name: "web", apply_to: [selector] });
  const { id } = await makeServer({ labels: { role: "web" } });
  const applied = async () =>
    (await cloud.call("GET", `/firewalls/${firewall.id}`)).body.firewall.applied_to[0].applied_to_resources;
  expect(await applied()).toEqual([{ type: "server", server: { id } }]);
  await cloud.call("PUT", `/servers/${id}`, { labels: {} });
  expect(await applied()).toEqual([]);
});

test("reverse names: the vendor's until one is given, and again after null", async () => {
  const { id, public_net } = await makeServer();
  const name = async (): Promise<string> =>
    (await cloud.call("GET", `/servers/${id}`)).body.server.public_net.ipv4.dns_ptr;
  expect(await name()).toBe("static.2.0.19.198.clients.your-server.de");
  for (const [dns_ptr, shown] of [
    ["web.example.com", "web.example.com"],
    [null, "static.2.0.19.198.clients.your-server.de"],
  ] as const) {
    await cloud.make(`/servers/${id}/actions/change_dns_ptr`, { ip: public_net.ipv4.ip, dns_ptr });
    expect(await name()).toBe(shown);
  }
  const ip = public_net.ipv6.ip.replace("/64", "1");
  for (const [dns_ptr, list] of [
    ["six.example.com", [{ ip, dns_ptr: "six.example.com" }]],
    [null, []],
  ] as const) {
    await cloud.make(`/servers/${id}/actions/change_dns_ptr`, { ip, dns_ptr });
    expect((await cloud.call("GET", `/servers/${id}`)).body.server.public_net.ipv6.dns_ptr).toEqual(list);
  }
});

describe("faults", () => {
  test("too many requests: the vendor's code, and when to come back", async () => {
    cloud.faults.add({ fault: "status", status: 429, times: 1 });
    const { status, body, headers } = await cloud.call("POST", "/servers", web);
    expect([status, body.error.code, headers.get("retry-after")]).toEqual([429, "rate_limit_exceeded", "1"]);
    expect((await cloud.call("GET", "/servers")).body.servers).toEqual([]);
  });

  test("a lost reply: the server is there, and a second one of its name is refused", async () => {
    cloud.faults.add({ fault: "lost-reply", method: "POST", path: "/servers", times: 1 });
    await expect(cloud.call("POST", "/servers", web)).rejects.toThrow("fetch failed");
    expect((await cloud.call("POST", "/servers", web)).body.error.code).toBe("uniqueness_error");
    expect((await cloud.call("GET", "/servers?name=web")).body.servers).toHaveLength(1);
  });
});

describe("adopted servers", () => {
  const ghost = {
    name: "ghost-01",
    type: "cx43",
    location: "hel1",
    labels: { fleet: "a" },
    publicAddress: "203.0.113.9",
    authorizedKeys: [],
  };

  test("are there as declared, with a running machine that knows its public address", async () => {
    const id = cloud.hetzner.seedServer({ ...ghost, id: 4711 });
    await cloud.hetzner.resume();
    const { servers } = (await cloud.call("GET", "/servers?name=ghost-01")).body;
    expect(servers).toMatchObject([
      {
        id: 4711,
        status: "running",
        locked: false,
        labels: { fleet: "a" },
        server_type: { name: "cx43" },
        public_net: { ipv4: { ip: "203.0.113.9" } },
      },
    ]);
    expect([id, cloud.machines.specs]).toEqual([
      4711,
      [{ name: "ghost-01", release: 13, authorizedKeys: [], publicAddress: "203.0.113.9" }],
    ]);
  });

  test("are put there once: not again while they live, and not after they were deleted", async () => {
    const id = cloud.hetzner.seedServer(ghost);
    await cloud.hetzner.resume();
    expect(cloud.hetzner.seedServer(ghost)).toBe(id);
    const { body } = await cloud.call("DELETE", `/servers/${id}`);
    await cloud.wait(body.action);
    expect(cloud.hetzner.seedServer(ghost)).toBeUndefined();
  });

  test("one that somebody has made by hand meanwhile is the one", async () => {
    const { server, action } = await cloud.make("/servers", { ...web, name: ghost.name });
    await cloud.wait(action);
    expect(cloud.hetzner.seedServer(ghost)).toBe(server.id);
    expect((await cloud.call("GET", "/servers")).body.servers).toHaveLength(1);
  });

  test.each([
    ["type", "cx99"],
    ["location", "moon"],
    ["image", "beos"],
  ])("an unknown %s is named", (field, value) => {
    expect(() => cloud.hetzner.seedServer({ ...ghost, [field]: value })).toThrow(
      `server ghost-01: ${field} "${value}"`,
    );
  });
});

describe("after the lab was killed", () => {
  test("everything is as it was, and every machine is brought back to where it was", async () => {
    const folder = mkdtempSync(join(tmpdir(), "fleet-hetzner-"));
    const before = await startTestCloud(new Store(join(folder, "clouds.sqlite")));
    const ids: Record<string, number> = {};
    for (const name of ["on", "off", "half", "going"]) {
      const made = await before.make("/servers", { ...web, name, start_after_create: name !== "off" });
      if (name === "half") continue;
      await before.wait(made.action);
      ids[name] = made.server.id;
    }
    before.machines.startTakes = 60_000;
    const { action } = await before.make("/servers", { ...web, name: "late" });
    before.machines.stop = () => new Promise(() => {});
    await before.call("DELETE", `/servers/${ids.going}`);

    // Neither closed nor told: another process opens what the killed one left.
    const after = await startTestCloud(new Store(join(folder, "clouds.sqlite")), fakeMachines());
    expect((await after.call("GET", `/actions/${action.id}`)).body.action.status).toBe("running");
    await after.hetzner.resume();
    const { servers } = (await after.call("GET", "/servers?sort=name")).body;
    expect(
      servers.map(({ name, status, locked }: { name: string; status: string; locked: boolean }) => [
        name,
        status,
        locked,
      ]),
    ).toEqual([
      ["half", "running", false],
      ["late", "running", false],
      ["off", "off", false],
      ["on", "running", false],
    ]);
    expect((await after.call("GET", `/actions/${action.id}`)).body.action.status).toBe("success");
    expect(
      (await after.machines.list()).map(({ name, running }) => `${name} ${running ? "runs" : "stands"}`).sort(),
    ).toEqual(["half runs", "late runs", "off stands", "on runs"]);
    await after.close();
    rmSync(folder, { recursive: true });
  });
});
