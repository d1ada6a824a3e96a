import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { publicKey, startTestCloud, type TestCloud } from "./hetzner-client.ts";

let cloud: TestCloud;
const key = publicKey();
const id: Record<string, number> = {};

beforeAll(async () => {
  cloud = await startTestCloud();
  id.key = (await cloud.make("/ssh_keys", { name: "taken", public_key: key })).ssh_key.id;
  id.firewall = (await cloud.make("/firewalls", { name: "taken" })).firewall.id;
  id.network = (
    await cloud.make("/networks", {
      name: "taken",
      ip_range: "10.0.0.0/16",
      subnets: [{ type: "cloud", ip_range: "10.0.1.0/24", network_zone: "eu-central" }],
    })
  ).network.id;
  id.group = (await cloud.make("/placement_groups", { name: "taken", type: "spread" })).placement_group.id;
  id.front = (await cloud.make("/primary_ips", { name: "taken", type: "ipv4", location: "hel1" })).primary_ip.id;
  id.abroad = (await cloud.make("/primary_ips", { name: "abroad", type: "ipv4", location: "fsn1" })).primary_ip.id;
  id.floating = (
    await cloud.make("/floating_ips", { name: "taken", type: "ipv4", home_location: "hel1" })
  ).floating_ip.id;
  const made = await cloud.make("/servers", {
    name: "taken",
    server_type: "cx23",
    image: "debian-12",
    location: "hel1",
    networks: [id.network],
    firewalls: [{ firewall: id.firewall }],
  });
  await cloud.wait(made.action);
  id.server = made.server.id;
  id.volume = (await cloud.make("/volumes", { name: "taken", size: 10, server: id.server })).volume.id;
  const image = await cloud.make(`/servers/${id.server}/actions/create_image`, { description: "kept" });
  id.snapshot = image.image.id;
  for (const [kind, one] of [
    ["volumes", "volume"],
    ["networks", "network"],
    ["floating_ips", "floating"],
    ["primary_ips", "abroad"],
    ["images", "snapshot"],
  ]) {
    await cloud.make(`/${kind}/${id[one!]}/actions/change_protection`, { delete: true });
  }
});
afterAll(() => cloud.close());

const fill = (text: string): string => text.replace(/\{(\w+)\}/g, (_all, name: string) => String(id[name]));
const server = { name: "new", server_type: "cx23", image: "debian-12", location: "hel1" };
const ssh = (name: string, text: string): object => ({ name, public_key: text });
const rule = { direction: "in", protocol: "tcp", port: "80", source_ips: ["0.0.0.0/0"] };

/** What is asked, the status and code that come back, and the fields that details name. */
type Case = [what: string, request: string, body: unknown, status: number, code: string, fields?: string[]];

const unique: Case[] = [
  ["a server's name", "POST /servers", { ...server, name: "taken" }, 409, "uniqueness_error", ["name"]],
  ["an SSH key's name", "POST /ssh_keys", ssh("taken", publicKey()), 409, "uniqueness_error", ["name"]],
  ["an SSH key's fingerprint", "POST /ssh_keys", ssh("new", key), 409, "uniqueness_error", ["fingerprint"]],
  ["a firewall's name", "POST /firewalls", { name: "taken" }, 409, "uniqueness_error", ["name"]],
  ["a network's name", "POST /networks", { name: "taken", ip_range: "10.0.0.0/16" }, 409, "uniqueness_error", ["name"]],
  [
    "a placement group's name",
    "POST /placement_groups",
    { name: "taken", type: "spread" },
    409,
    "uniqueness_error",
    ["name"],
  ],
  [
    "a primary IP's name",
    "POST /primary_ips",
    { name: "taken", type: "ipv4", location: "hel1" },
    409,
    "uniqueness_error",
    ["name"],
  ],
  [
    "a floating IP's name",
    "POST /floating_ips",
    { name: "taken", type: "ipv4", home_location: "hel1" },
    409,
    "uniqueness_error",
    ["name"],
  ],
  [
    "a volume's name",
    "POST /volumes",
    { name: "taken", size: 10, location: "hel1" },
    409,
    "uniqueness_error",
    ["name"],
  ],
  ["a name taken by renaming", "PUT /primary_ips/{front}", { name: "abroad" }, 409, "uniqueness_error", ["name"]],
];

const invalid: Case[] = [
  ["nothing given", "POST /servers", {}, 422, "invalid_input", ["name", "server_type", "image"]],
  ["a name that is no hostname", "POST /servers", { ...server, name: "not_a_host" }, 422, "invalid_input", ["name"]],
  [
    "an unknown server type",
    "POST /servers",
    { ...server, server_type: "cx99" },
    422,
    "invalid_input",
    ["server_type"],
  ],
  ["an unknown image", "POST /servers", { ...server, image: "debian-1" }, 422, "invalid_input", ["image"]],
  [
    "an image of the other architecture",
    "POST /servers",
    { ...server, image: 114690389 },
    422,
    "invalid_input",
    ["image"],
  ],
  ["an unknown location", "POST /servers", { ...server, location: "moon" }, 422, "invalid_input", ["location"]],
  ["a location without the type", "POST /servers", { ...server, location: "ash" }, 422, "invalid_input", ["location"]],
  ["an unknown SSH key", "POST /servers", { ...server, ssh_keys: ["nobody"] }, 422, "invalid_input", ["ssh_keys"]],
  ["a label with a bad key", "POST /servers", { ...server, labels: { "-x": "y" } }, 422, "invalid_input", ["labels"]],
  ["a label with a bad value", "PUT /servers/{server}", { labels: { x: "a b" } }, 422, "invalid_input", ["labels"]],
  [
    "user data over 32 KiB",
    "POST /servers",
    { ...server, user_data: "x".repeat(32_769) },
    422,
    "invalid_input",
    ["user_data"],
  ],
  ["no public key", "POST /ssh_keys", ssh("new", "ssh-ed25519 nonsense"), 422, "invalid_input", ["public_key"]],
  [
    "a rule without port",
    "POST /firewalls",
    { name: "new", rules: [{ ...rule, port: undefined }] },
    422,
    "invalid_input",
    ["rules.0.port"],
  ],
  [
    "a rule with a port for icmp",
    "POST /firewalls",
    { name: "new", rules: [{ ...rule, protocol: "icmp" }] },
    422,
    "invalid_input",
    ["rules.0.port"],
  ],
  [
    "a rule with a range the wrong way",
    "POST /firewalls",
    { name: "new", rules: [{ ...rule, port: "90-80" }] },
    422,
    "invalid_input",
    ["rules.0.port"],
  ],
  [
    "a rule with host bits",
    "POST /firewalls",
    { name: "new", rules: [{ ...rule, source_ips: ["10.0.0.1/8"] }] },
    422,
    "invalid_input",
    ["rules.0.source_ips.0"],
  ],
  ["a public network", "POST /networks", { name: "new", ip_range: "8.8.0.0/16" }, 422, "invalid_input", ["ip_range"]],
  [
    "a partly public one",
    "POST /networks",
    { name: "new", ip_range: "10.0.0.0/7" },
    422,
    "invalid_input",
    ["ip_range"],
  ],
  [
    "a subnet outside its network",
    "POST /networks/{network}/actions/add_subnet",
    { type: "cloud", ip_range: "10.1.0.0/24", network_zone: "eu-central" },
    422,
    "invalid_input",
    ["ip_range"],
  ],
  [
    "a subnet over another",
    "POST /networks/{network}/actions/add_subnet",
    { type: "cloud", ip_range: "10.0.1.0/25", network_zone: "eu-central" },
    422,
    "invalid_input",
    ["ip_range"],
  ],
  [
    "a route to a gateway outside",
    "POST /networks/{network}/actions/add_route",
    { destination: "10.9.0.0/24", gateway: "10.9.0.1" },
    422,
    "invalid_input",
    ["gateway"],
  ],
  [
    "a volume that is too small",
    "POST /volumes",
    { name: "new", size: 1, location: "hel1" },
    422,
    "invalid_input",
    ["size"],
  ],
  ["a volume that shrinks", "POST /volumes/{volume}/actions/resize", { size: 10 }, 422, "invalid_input", ["size"]],
  [
    "a primary IP without a place",
    "POST /primary_ips",
    { name: "new", type: "ipv4" },
    422,
    "invalid_input",
    ["location"],
  ],
  [
    "a reverse name for another's address",
    "POST /servers/{server}/actions/change_dns_ptr",
    { ip: "192.0.2.1", dns_ptr: "x.example" },
    422,
    "invalid_input",
    ["ip"],
  ],
  ["an id that is no number", "GET /servers/web", undefined, 422, "invalid_input", ["id"]],
  ["pages over 50", "GET /servers?per_page=51", undefined, 422, "invalid_input", ["per_page"]],
  ["page 0", "GET /servers?page=0", undefined, 422, "invalid_input", ["page"]],
  ["an order that is none", "GET /servers?sort=colour", undefined, 422, "invalid_input", ["sort"]],
  [
    "a selector that is none",
    "GET /servers?label_selector=a%3D%3D%3Db",
    undefined,
    422,
    "invalid_input",
    ["label_selector"],
  ],
];

const missing: Case[] = [
  ...[
    "servers",
    "ssh_keys",
    "firewalls",
    "networks",
    "primary_ips",
    "floating_ips",
    "volumes",
    "placement_groups",
    "images",
  ].map((kind): Case => [`one of ${kind}`, `GET /${kind}/1`, undefined, 404, "not_found"]),
  ["an action", "GET /actions/1", undefined, 404, "not_found"],
  ["an action of another kind", "GET /volumes/{volume}/actions/1000000", undefined, 404, "not_found"],
  ["a path", "GET /galaxies", undefined, 404, "not_found"],
  ["a network to join", "POST /servers", { ...server, networks: [1] }, 404, "not_found"],
  ["a firewall to wear", "POST /servers", { ...server, firewalls: [{ firewall: 1 }] }, 404, "not_found"],
  ["a volume to attach", "POST /servers", { ...server, volumes: [1] }, 404, "not_found"],
  ["a placement group to be in", "POST /servers", { ...server, placement_group: 1 }, 404, "not_found"],
  [
    "a server for a firewall",
    "POST /firewalls/{firewall}/actions/apply_to_resources",
    { apply_to: [{ type: "server", server: { id: 1 } }] },
    404,
    "not_found",
  ],
];

const refused: Case[] = [
  ["deleting a firewall in use", "DELETE /firewalls/{firewall}", undefined, 422, "resource_in_use"],
  ["deleting a protected volume", "DELETE /volumes/{volume}", undefined, 423, "protected"],
  ["deleting a protected network", "DELETE /networks/{network}", undefined, 423, "protected"],
  ["deleting a protected floating IP", "DELETE /floating_ips/{floating}", undefined, 423, "protected"],
  ["deleting a protected primary IP", "DELETE /primary_ips/{abroad}", undefined, 423, "protected"],
  ["deleting a protected snapshot", "DELETE /images/{snapshot}", undefined, 423, "protected"],
  ["deleting a system image", "DELETE /images/114690387", undefined, 403, "forbidden"],
  [
    "a subnet with servers in it",
    "POST /networks/{network}/actions/delete_subnet",
    { ip_range: "10.0.1.0/24" },
    422,
    "resource_in_use",
  ],
  ["attaching a volume twice", "POST /volumes/{volume}/actions/attach", { server: 1 }, 404, "not_found"],
  [
    "joining a network twice",
    "POST /servers/{server}/actions/attach_to_network",
    { network: "{network}" },
    422,
    "server_already_attached",
  ],
  [
    "applying a firewall twice",
    "POST /firewalls/{firewall}/actions/apply_to_resources",
    { apply_to: [{ type: "server", server: { id: "{server}" } }] },
    422,
    "firewall_already_applied",
  ],
  [
    "another type while it runs",
    "POST /servers/{server}/actions/change_type",
    { server_type: "cx33", upgrade_disk: true },
    422,
    "server_not_stopped",
  ],
  [
    "a primary IP from elsewhere",
    "POST /servers",
    { ...server, public_net: { ipv4: "{abroad}" } },
    422,
    "primary_ip_datacenter_mismatch",
  ],
  [
    "a primary IP of the other family",
    "POST /servers",
    { ...server, public_net: { ipv6: "{front}" } },
    422,
    "primary_ip_version_mismatch",
  ],
  [
    "a second address for a server",
    "POST /primary_ips/{front}/actions/assign",
    { assignee_id: "{server}", assignee_type: "server" },
    422,
    "server_has_ipv4",
  ],
  ["a list of all actions", "GET /actions", undefined, 410, "deprecated_api_endpoint"],
  ["a method that is not there", "POST /pricing", {}, 405, "method_not_allowed"],
];

describe.each<[string, Case[]]>([
  ["taken already", unique],
  ["invalid", invalid],
  ["not there", missing],
  ["refused", refused],
])("%s:", (_group, cases) => {
  test.each(cases)("%s", async (_what, request, body, status, code, fields) => {
    const before = (await cloud.call("GET", "/servers")).body.meta.pagination.total_entries;
    const [method = "", path = ""] = fill(request).split(" ");
    const filled: unknown =
      body === undefined
        ? undefined
        : JSON.parse(JSON.stringify(body).replace(/"\{(\w+)\}"/g, (_all, name: string) => String(id[name])));
    const reply = await cloud.call(method, path, filled);
    expect([reply.status, reply.body.error.code]).toEqual([status, code]);
    if (fields) expect(reply.body.error.details.fields.map((field: { name: string }) => field.name)).toEqual(fields);
    expect((await cloud.call("GET", "/servers")).body.meta.pagination.total_entries).toBe(before);
  });
});

test("a wrong token and a broken body", async () => {
  const strange = await fetch(`${cloud.url}/servers`, { headers: { Authorization: "Bearer nonsense" } });
  expect([strange.status, ((await strange.json()) as { error: { code: string } }).error.code]).toEqual([
    401,
    "unauthorized",
  ]);
  const broken = await fetch(`${cloud.url}/servers`, {
    method: "POST",
    headers: { Authorization: `Bearer ${cloud.token}` },
    body: "{",
  });
  expect([broken.status, ((await broken.json()) as { error: { code: string } }).error.code]).toEqual([
    400,
    "json_error",
  ]);
});

test("the same requests go through once nothing is wrong with them", async () => {
  const made = await cloud.make("/servers", {
    ...server,
    name: "fine",
    ssh_keys: [id.key],
    placement_group: id.group,
    labels: { "example.com/role": "web", empty: "" },
  });
  await cloud.wait(made.action);
  const deleted = await cloud.call("DELETE", `/servers/${made.server.id}`);
  expect((await cloud.wait(deleted.body.action)).status).toBe("success");
  expect((await cloud.call("GET", `/servers/${made.server.id}`)).status).toBe(404);
});
