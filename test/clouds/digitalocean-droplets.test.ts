import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Store } from "../../src/lab/clouds/store.ts";
import { startTestCloud, type TestCloud } from "./digitalocean-client.ts";
import { publicKey } from "./hetzner-client.ts";

let cloud: TestCloud;
beforeEach(async () => void (cloud = await startTestCloud()));
afterEach(() => cloud.close());

const act = async (id: number, body: object) => {
  const { action } = await cloud.done("POST", `/droplets/${id}/actions`, body);
  return (await cloud.wait(action)).status;
};
const get = async (id: number) => (await cloud.done("GET", `/droplets/${id}`)).droplet;

test("a droplet is new and locked until its machine runs, with its keys, user data and address", async () => {
  const key = publicKey();
  const { ssh_key } = await cloud.done("POST", "/account/keys", { name: "k", public_key: key });
  cloud.machines.startTakes = 500;
  const wanted = { name: "web", region: "fra1", size: "s-1vcpu-2gb", image: "debian-12-x64", tags: ["web"] };
  const { droplet, links } = await cloud.done("POST", "/droplets", {
    ...wanted,
    ssh_keys: [ssh_key.fingerprint],
    user_data: "#cloud-config\n",
    ipv6: true,
  });
  expect(droplet).toMatchObject({ status: "new", locked: true, networks: { v4: [], v6: [] }, tags: ["web"] });
  expect(links.actions).toEqual([
    { id: expect.any(Number), rel: "create", href: expect.stringContaining("/v2/actions/") },
  ]);
  const { href } = links.actions[0];
  const action = await fetch(href, { headers: { Authorization: `Bearer ${cloud.token}` } });
  expect(await action.json()).toMatchObject({ action: { status: "in-progress", type: "create", completed_at: null } });
  expect(await cloud.wait(links.actions[0])).toMatchObject({ status: "completed", resource_id: droplet.id });

  const running = await get(droplet.id);
  expect(running).toMatchObject({ status: "active", locked: false, memory: 2048, vcpus: 1, disk: 50 });
  expect(running.features).toEqual(["droplet_agent", "ipv6", "private_networking"]);
  const ipv4 = running.networks.v4.find((net: { type: string }) => net.type === "public").ip_address;
  expect(cloud.machines.specs).toEqual([
    { name: "web", authorizedKeys: [key], release: 12, userData: "#cloud-config\n", publicAddress: ipv4 },
  ]);
  expect((await cloud.done("GET", "/vpcs")).vpcs).toMatchObject([
    { id: running.vpc_uuid, name: "default-fra1", default: true, region: "fra1" },
  ]);
});

test("its machine stops, starts, begins anew and ends with it", async () => {
  const { id } = await cloud.makeDroplet();
  cloud.machines.calls.length = 0;
  expect([await act(id, { type: "power_off" }), (await get(id)).status]).toEqual(["completed", "off"]);
  expect([await act(id, { type: "power_on" }), (await get(id)).status]).toEqual(["completed", "active"]);
  await act(id, { type: "reboot" });
  await act(id, { type: "rebuild", image: "debian-13-x64" });
  expect((await get(id)).image.slug).toBe("debian-13-x64");
  expect((await cloud.call("DELETE", `/droplets/${id}`)).status).toBe(204);
  expect(["archive", undefined]).toContain((await cloud.call("GET", `/droplets/${id}`)).body.droplet?.status);
  await vi.waitFor(async () => expect((await cloud.call("GET", `/droplets/${id}`)).status).toBe(404));
  const restart = ["stop web", "start web"];
  expect(cloud.machines.calls).toEqual([
    ...restart,
    ...restart,
    "stop web",
    "remove web",
    "create web",
    "start web",
    "stop web",
    "remove web",
  ]);
});

test("whoever lost the reply to a delete may ask again", async () => {
  const { id } = await cloud.makeDroplet();
  cloud.faults.add({ fault: "lost-reply", method: "DELETE", times: 1 });
  await expect(cloud.call("DELETE", `/droplets/${id}`)).rejects.toThrow("fetch failed");
  expect([204, 404]).toContain((await cloud.call("DELETE", `/droplets/${id}`)).status);
});

test("a rename, a resize with and without disk, backups and IPv6", async () => {
  const { id } = await cloud.makeDroplet();
  await act(id, { type: "rename", name: "web-2" });
  await act(id, { type: "power_off" });
  await act(id, { type: "resize", size: "s-1vcpu-2gb" });
  expect(await get(id)).toMatchObject({
    name: "web-2",
    status: "off",
    size_slug: "s-1vcpu-2gb",
    memory: 2048,
    disk: 25,
  });
  await act(id, { type: "resize", size: "s-2vcpu-2gb", disk: true });
  await act(id, { type: "enable_ipv6" });
  await act(id, { type: "enable_backups", backup_policy: { plan: "weekly", weekday: "SUN", hour: 4 } });
  expect(await get(id)).toMatchObject({ disk: 60, size: { price_monthly: 18 }, networks: { v6: [{ netmask: 64 }] } });
  expect((await cloud.done("GET", `/droplets/${id}/backups/policy`)).policy).toMatchObject({
    backup_enabled: true,
    backup_policy: { plan: "weekly", weekday: "SUN", hour: 4 },
  });
  const types = (await cloud.done("GET", `/droplets/${id}/actions`)).actions.map((each: { type: string }) => each.type);
  expect(types).toEqual(["enable_backups", "enable_ipv6", "resize", "resize", "power_off", "rename", "create"]);
});

test("a snapshot outlives its droplet, and another begins on the same release", async () => {
  const { id } = await cloud.makeDroplet();
  await act(id, { type: "snapshot", name: "before" });
  const [snapshot] = (await cloud.done("GET", "/snapshots?resource_type=droplet")).snapshots;
  expect(snapshot).toMatchObject({ name: "before", resource_id: String(id), regions: ["nyc3"], min_disk_size: 25 });
  expect((await cloud.done("GET", "/images?private=true")).images).toMatchObject([
    { id: Number(snapshot.id), type: "snapshot" },
  ]);
  await cloud.done("DELETE", `/droplets/${id}`);
  const again = await cloud.makeDroplet({ name: "again", image: Number(snapshot.id) });
  expect([again.image.name, cloud.machines.specs.at(-1)!.release]).toEqual(["before", 12]);
  await cloud.done("DELETE", `/snapshots/${snapshot.id}`);
  expect((await cloud.done("GET", "/snapshots")).snapshots).toEqual([]);
});

test("many at once, by a tag and with one name twice", async () => {
  const body = { names: ["a", "a", "b"], size: "c-2", image: "ubuntu-24-04-x64", region: "ams3", tags: ["Runner"] };
  const { droplets, links } = await cloud.done("POST", "/droplets", body);
  for (const action of links.actions) await cloud.wait(action);
  expect(cloud.machines.specs.map(({ name }) => name)).toEqual(["a", `a-${droplets[1].id}`, "b"]);
  expect((await cloud.done("GET", "/droplets?tag_name=runner")).meta.total).toBe(3);
  expect((await cloud.done("GET", "/droplets?name=a")).meta.total).toBe(2);
  const { actions } = await cloud.done("POST", "/droplets/actions?tag_name=runner", { type: "power_off" });
  for (const action of actions) expect(await cloud.wait(action)).toMatchObject({ status: "completed" });
  expect((await cloud.call("DELETE", "/droplets?tag_name=runner")).status).toBe(204);
  await vi.waitFor(async () => expect((await cloud.done("GET", "/droplets")).droplets).toEqual([]));
  expect((await cloud.call("DELETE", "/droplets?tag_name=runner")).status).toBe(404);
});

test("a reserved address is carried while the droplet has it, beside its own in the API", async () => {
  const first = await cloud.makeDroplet();
  const second = await cloud.makeDroplet({ name: "standby" });
  const { reserved_ip, links } = await cloud.done("POST", "/reserved_ips", { droplet_id: first.id });
  await cloud.wait(links.actions[0]);
  const { ip } = reserved_ip;
  const publicOnes = async (id: number) =>
    (await get(id)).networks.v4.flatMap((net: { type: string; ip_address: string }) =>
      net.type === "public" ? [net.ip_address] : [],
    );
  const [own, ...others] = await publicOnes(first.id);
  expect(others).toEqual([ip]);
  await cloud.wait(
    (await cloud.done("POST", `/reserved_ips/${ip}/actions`, { type: "assign", droplet_id: second.id })).action,
  );
  expect([await publicOnes(first.id), (await publicOnes(second.id))[1]]).toEqual([[own], ip]);
  await cloud.done("DELETE", `/reserved_ips/${ip}`);
  const moves = cloud.machines.calls.filter((call) => call.startsWith("address"));
  const standby = (await publicOnes(second.id))[0];
  expect(moves).toEqual(
    [`${ip} of web`, `${own} of web`, `${ip} of standby`, `${standby} of standby`].map((move) => `address ${move}`),
  );
});

test("what a lab that was killed left half done is finished when it comes up again", async () => {
  const folder = mkdtempSync(join(tmpdir(), "fleet-droplets-"));
  const file = join(folder, "clouds.sqlite");
  const before = await startTestCloud(new Store(file));
  before.machines.startTakes = 300;
  const size = { size: "s-1vcpu-1gb", image: "debian-13-x64" };
  const { droplet, links } = await before.done("POST", "/droplets", { name: "half", ...size });
  // The process is gone before the machine runs: another reads what it has stored.
  const after = await startTestCloud(new Store(file));
  expect((await after.done("GET", `/droplets/${droplet.id}`)).droplet).toMatchObject({ status: "new" });
  await after.digitalOcean.resume();
  expect((await after.done("GET", `/droplets/${droplet.id}`)).droplet).toMatchObject({
    status: "active",
    locked: false,
  });
  expect(await after.wait(links.actions[0])).toMatchObject({ status: "completed" });
  await after.close();
  await before.close();
  rmSync(folder, { recursive: true });
});

test("an action whose machine fails is errored, and the droplet can be tried again", async () => {
  const { id } = await cloud.makeDroplet();
  await act(id, { type: "power_off" });
  const said = vi.spyOn(console, "error").mockImplementation(() => {});
  cloud.machines.failNext = "no room";
  expect(await act(id, { type: "power_on" })).toBe("errored");
  expect([said.mock.lastCall?.[0], said.mock.lastCall?.[1]?.message]).toEqual([
    `digitalocean: power_on of droplet ${id} failed:`,
    "no room",
  ]);
  said.mockRestore();
  expect([await act(id, { type: "power_on" }), (await get(id)).status]).toEqual(["completed", "active"]);
});

test("a seeded droplet is there once, and stays away when it was deleted", async () => {
  const seed = {
    name: "failover",
    size: "s-1vcpu-1gb",
    region: "nyc3",
    tags: ["old"],
    publicAddress: "203.0.113.9",
    authorizedKeys: [],
  };
  const id = cloud.digitalOcean.seedDroplet(seed)!;
  await cloud.digitalOcean.resume();
  expect(cloud.digitalOcean.seedDroplet(seed)).toBe(id);
  expect(await get(id)).toMatchObject({ status: "active", tags: ["old"], name: "failover" });
  expect(cloud.machines.specs.at(-1)).toMatchObject({ name: "failover", publicAddress: "203.0.113.9", release: 13 });
  await cloud.done("DELETE", `/droplets/${id}`);
  await vi.waitFor(async () => expect((await cloud.call("GET", `/droplets/${id}`)).status).toBe(404));
  expect(cloud.digitalOcean.seedDroplet(seed)).toBeUndefined();
  expect(() => cloud.digitalOcean.seedDroplet({ ...seed, name: "other", size: "huge" })).toThrow(
    'size "huge" is not in',
  );
});
