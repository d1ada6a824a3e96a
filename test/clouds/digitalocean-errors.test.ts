import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "./digitalocean-client.ts";
import { publicKey } from "./hetzner-client.ts";

let cloud: TestCloud;
/** Ids of what is there, by the words that stand in paths and bodies as <word>. */
const ids: Record<string, string | number> = {};
const key = publicKey();

beforeAll(async () => {
  cloud = await startTestCloud();
  const droplet = await cloud.makeDroplet({ tags: ["web"] });
  const elsewhere = await cloud.makeDroplet({ name: "far", region: "fra1" });
  Object.assign(ids, {
    droplet: droplet.id,
    elsewhere: elsewhere.id,
    default: droplet.vpc_uuid,
    base: droplet.image.id,
  });
  ids.key = (await cloud.done("POST", "/account/keys", { name: "k", public_key: key })).ssh_key.id;
  const volume = { name: "data", region: "nyc3", size_gigabytes: 10 };
  ids.volume = (await cloud.done("POST", "/volumes", volume)).volume.id;
  const attach = { type: "attach", droplet_id: ids.droplet };
  await cloud.wait((await cloud.done("POST", `/volumes/${ids.volume}/actions`, attach)).action);
  ids.free = (await cloud.done("POST", "/volumes", { ...volume, name: "free" })).volume.id;
  ids.ip = (await cloud.done("POST", "/reserved_ips", { region: "nyc3" })).reserved_ip.ip;
  const held = await cloud.done("POST", "/reserved_ips", { droplet_id: ids.droplet });
  await cloud.wait(held.links.actions[0]);
  ids.held = held.reserved_ip.ip;
  ids.vpc = (await cloud.done("POST", "/vpcs", { name: "inner", region: "nyc3", ip_range: "10.9.0.0/24" })).vpc.id;
  await cloud.makeDroplet({ name: "inside", vpc_uuid: ids.vpc });
  const rule = { protocol: "tcp", ports: "22", sources: { addresses: ["0.0.0.0/0"] } };
  ids.firewall = (await cloud.done("POST", "/firewalls", { name: "fw", inbound_rules: [rule] })).firewall.id;
  ids.project = (await cloud.done("POST", "/projects", { name: "prod", purpose: "web" })).project.id;
  await cloud.done("POST", `/projects/${ids.project}/resources`, { resources: [`do:droplet:${ids.droplet}`] });
  await cloud.done("POST", "/domains", { name: "example.com" });
});
afterAll(() => cloud.close());

const filled = (value: unknown): any =>
  JSON.parse(
    JSON.stringify(value ?? null)
      .replace(/"<(\w+)#>"/g, (_, word: string) => String(ids[word]))
      .replace(/<(\w+)>/g, (_, word: string) => String(ids[word])),
  ) ?? undefined;

type Row = [request: string, body: unknown, status: number, id: string, message: string | RegExp];
const droplet = { name: "x", size: "s-1vcpu-1gb", image: "debian-12-x64", region: "nyc3" };
const unprocessable = (request: string, body: unknown, message: string | RegExp): Row => [
  request,
  body,
  422,
  "unprocessable_entity",
  message,
];
const notFound = (request: string, body?: unknown): Row => [request, body, 404, "not_found", /could not be found/];
const firewall = { name: "other", inbound_rules: [{ protocol: "tcp", ports: "80", sources: { addresses: ["::/0"] } }] };

const rows: Row[] = [
  unprocessable("POST /droplets", { ...droplet, name: undefined }, "name is required"),
  unprocessable("POST /droplets", { ...droplet, name: "under_score" }, /Only valid hostname characters/),
  unprocessable("POST /droplets", { ...droplet, size: "huge" }, "You specified an invalid size for Droplet creation."),
  unprocessable(
    "POST /droplets",
    { ...droplet, image: "dos-6" },
    "You specified an invalid image for Droplet creation.",
  ),
  unprocessable(
    "POST /droplets",
    { ...droplet, region: "sfo1" },
    "You specified an invalid region for Droplet creation.",
  ),
  unprocessable("POST /droplets", { ...droplet, region: "sfo2", size: "c-2" }, "Size is not available in this region."),
  unprocessable(
    "POST /droplets",
    { ...droplet, ssh_keys: ["aa:bb"] },
    "aa:bb are invalid key identifiers for Droplet creation.",
  ),
  unprocessable("POST /droplets", { ...droplet, tags: ["a b"] }, /Tag name a b is invalid/),
  unprocessable("POST /droplets", { ...droplet, vpc_uuid: "<vpc>", region: "fra1" }, /VPC is invalid/),
  unprocessable("POST /droplets", { ...droplet, volumes: ["<volume>"] }, /failed to attach volume/),
  unprocessable("POST /droplets", { ...droplet, user_data: "x".repeat(65_537) }, "user_data: is too long"),
  unprocessable(
    "POST /droplets",
    { ...droplet, name: undefined, names: Array.from({ length: 11 }, (_, i) => `n${i}`) },
    "names: is too long",
  ),
  notFound("GET /droplets/1"),
  notFound("DELETE /droplets/1"),
  notFound("DELETE /droplets?tag_name=nobody"),
  unprocessable("DELETE /droplets", undefined, "tag_name is required"),
  unprocessable("POST /droplets/<droplet>/actions", { type: "explode" }, /^type: /),
  unprocessable("POST /droplets/<droplet>/actions", { type: "power_on" }, "Droplet is already powered on"),
  unprocessable("POST /droplets/<droplet>/actions", { type: "resize", size: "s-2vcpu-4gb" }, /currently on/),
  unprocessable("POST /droplets/<droplet>/actions", { type: "resize", size: "s-1vcpu-512mb-10gb" }, /smaller disk/),
  unprocessable(
    "POST /droplets/<droplet>/actions",
    { type: "change_backup_policy", backup_policy: { plan: "daily" } },
    /not enabled/,
  ),
  unprocessable("POST /account/keys", { name: "again", public_key: key }, "SSH Key is already in use on your account"),
  unprocessable("POST /account/keys", { name: "bad", public_key: "ssh-ed25519 AAAA" }, /^Key invalid/),
  unprocessable("POST /account/keys", { public_key: key }, "name is required"),
  notFound("GET /account/keys/7"),
  unprocessable("POST /tags", { name: "no spaces" }, /is invalid/),
  notFound("GET /tags/nobody"),
  notFound("POST /tags/nobody/resources", { resources: [] }),
  notFound("POST /tags/web/resources", { resources: [{ resource_id: "1", resource_type: "droplet" }] }),
  ["POST /firewalls", { name: "empty" }, 400, "bad_request", /at least one/],
  ["POST /firewalls", { ...firewall, name: "fw" }, 409, "conflict", "duplicate name"],
  ["POST /firewalls", { ...firewall, droplet_ids: [1] }, 400, "bad_request", "droplet 1 does not exist"],
  unprocessable("POST /firewalls", { ...firewall, tags: ["nobody"] }, "tag nobody does not exist"),
  unprocessable(
    "POST /firewalls",
    { ...firewall, inbound_rules: [{ protocol: "tcp", sources: {} }] },
    /ports: is required/,
  ),
  unprocessable(
    "POST /firewalls",
    { ...firewall, inbound_rules: [{ protocol: "tcp", ports: "90-80", sources: {} }] },
    /is no port, range or all/,
  ),
  unprocessable(
    "POST /firewalls",
    { ...firewall, inbound_rules: [{ protocol: "udp", ports: "all", sources: { addresses: ["10.0.0.1/8"] } }] },
    /neither an address nor a network/,
  ),
  unprocessable("POST /vpcs", { name: "inner", region: "nyc3" }, /already exists/),
  unprocessable("POST /vpcs", { name: "wide", region: "nyc3", ip_range: "10.0.0.0/8" }, /\/16 to \/28/),
  unprocessable("POST /vpcs", { name: "same", region: "nyc3", ip_range: "10.9.0.0/28" }, /overlaps/),
  unprocessable("POST /vpcs", { name: "nowhere", region: "moon1" }, "region is invalid"),
  ["DELETE /vpcs/<default>", undefined, 403, "forbidden", "Can not delete default VPCs"],
  ["DELETE /vpcs/<vpc>", undefined, 409, "conflict", "Can not delete VPC with members"],
  unprocessable("POST /reserved_ips", { droplet_id: "<droplet#>" }, /already has a reserved IP/),
  unprocessable("POST /reserved_ips", { region: "moon1" }, "Region is invalid."),
  notFound("POST /reserved_ips", { droplet_id: 1 }),
  unprocessable("POST /reserved_ips/<ip>/actions", { type: "unassign" }, /not assigned/),
  unprocessable("POST /reserved_ips/<ip>/actions", { type: "assign", droplet_id: "<elsewhere#>" }, /different regions/),
  unprocessable("POST /reserved_ips/<ip>/actions", { type: "assign", droplet_id: "<droplet#>" }, /already has/),
  ["POST /volumes", { name: "data", region: "nyc3", size_gigabytes: 1 }, 409, "conflict", /already exists/],
  unprocessable("POST /volumes", { name: "Data", region: "nyc3", size_gigabytes: 1 }, /lower-case/),
  unprocessable("POST /volumes", { name: "none", region: "nyc3" }, "size_gigabytes is required"),
  ["DELETE /volumes/<volume>", undefined, 409, "conflict", /attached to a droplet/],
  notFound("DELETE /volumes?name=nobody&region=nyc3"),
  unprocessable("POST /volumes/<volume>/actions", { type: "attach", droplet_id: "<droplet#>" }, /already attached/),
  unprocessable("POST /volumes/<free>/actions", { type: "attach", droplet_id: "<elsewhere#>" }, /different regions/),
  unprocessable("POST /volumes/<free>/actions", { type: "detach", droplet_id: "<droplet#>" }, /not attached/),
  unprocessable("POST /volumes/<volume>/actions", { type: "resize", size_gigabytes: 5 }, /larger/),
  ["DELETE /images/<base>", undefined, 403, "forbidden", /do not have access/],
  notFound("GET /images/dos-6"),
  notFound("GET /snapshots/1"),
  ["POST /projects", { name: "prod", purpose: "web" }, 409, "conflict", "name is already in use"],
  unprocessable("POST /projects", { name: "odd", purpose: "web", environment: "moon" }, /^environment: /),
  ["DELETE /projects/<project>", undefined, 412, "precondition_failed", "cannot delete a project with resources"],
  ["DELETE /projects/default", undefined, 412, "precondition_failed", "cannot delete the default project"],
  [
    "POST /projects/default/resources",
    { resources: ["do:floatingip:<held>"] },
    412,
    "precondition_failed",
    "Cannot move a Reserved IP with an associated droplet",
  ],
  unprocessable("POST /domains", { name: "example.com" }, "Domain already exists"),
  unprocessable("POST /domains", { name: "nodots" }, /is not a domain name/),
  notFound("GET /domains/example.org/records"),
  notFound("GET /load_balancers"),
];

describe("refused, and nothing changed", () => {
  const named = rows.map(([request, body, ...expected]) => [request, expected[2], body, expected] as const);
  test.each(named)("%s: %s", async (request, message, body, [status, id]) => {
    const [method = "", path = ""] = filled(request).split(" ");
    const reply = await cloud.call(method, path, filled(body));
    expect([reply.status, reply.body.id]).toEqual([status, id]);
    expect(reply.body.message).toMatch(message);
    expect(reply.body.request_id).toMatch(/^[0-9a-f-]{36}$/);
  });
});

test("a droplet with an action under way takes no other", async () => {
  const { id } = await cloud.makeDroplet({ name: "busy" });
  cloud.machines.startTakes = 100;
  const { action } = await cloud.done("POST", `/droplets/${id}/actions`, { type: "reboot" });
  for (const [method, path] of [
    ["POST", `/droplets/${id}/actions`],
    ["DELETE", `/droplets/${id}`],
  ] as const)
    expect((await cloud.call(method, path, { type: "power_off" })).body.message).toBe(
      "Droplet already has a pending event.",
    );
  cloud.machines.startTakes = 5;
  await cloud.wait(action);
  await cloud.done("DELETE", `/droplets/${id}`);
  await expect.poll(async () => (await cloud.call("GET", `/droplets/${id}`)).status).toBe(404);
});

test("no more droplets and unused addresses than the account may have", async () => {
  const limit = (await cloud.done("GET", "/account")).account.droplet_limit;
  const there = (await cloud.done("GET", "/droplets")).meta.total;
  for (let left = limit - there; left > 0; left -= 10) {
    const names = Array.from({ length: Math.min(left, 10) }, (_, i) => `fill-${left}-${i}`);
    const { links } = await cloud.done("POST", "/droplets", { ...droplet, name: undefined, names });
    for (const action of links.actions) await cloud.wait(action);
  }
  const more = await cloud.call("POST", "/droplets", droplet);
  expect([more.status, more.body.message]).toEqual([
    422,
    "creating this/these droplet(s) will exceed your droplet limit",
  ]);
  for (const region of ["nyc3", "fra1"]) await cloud.done("POST", "/reserved_ips", { region });
  expect((await cloud.call("POST", "/reserved_ips", { region: "nyc3" })).body.message).toMatch(/limit exceeded/);
});

test("who has no token is let in nowhere, and a limit that is reached says when to come back", async () => {
  for (const headers of [{}, { Authorization: "Bearer wrong" }] as Record<string, string>[]) {
    const reply = await fetch(`${cloud.endpoint}/v2/account`, { headers });
    expect([reply.status, await reply.json()]).toEqual([
      401,
      { id: "unauthorized", message: "Unable to authenticate you", request_id: expect.any(String) },
    ]);
  }
  cloud.faults.add({ fault: "status", status: 429, times: 1 });
  const { status, body, headers } = await cloud.call("GET", "/account");
  expect([status, body.id, body.message]).toEqual([429, "too_many_requests", "API rate limit exceeded."]);
  expect([headers.get("retry-after"), headers.get("ratelimit-limit")]).toEqual(["1", "5000"]);
  const calm = await cloud.call("GET", "/account");
  expect(Number(calm.headers.get("ratelimit-remaining"))).toBeLessThan(5000);
  expect(Number(calm.headers.get("ratelimit-reset")) * 1000).toBeGreaterThan(Date.now() - 2000);
});
