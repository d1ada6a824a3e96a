import { afterEach, expect, test } from "vitest";
import { declaredAtProviders } from "../../../src/audit/declared.ts";
import { auditPlace } from "../../../src/audit/place.ts";
import { hetzner as vendor } from "../../../src/clouds/hetzner/index.ts";
import { fleet } from "../../../src/model/fleet.ts";
import { hetzner } from "../../../src/model/host.ts";
import { publicKey, startTestCloud, type TestCloud } from "../../clouds/hetzner-client.ts";

let cloud: TestCloud | undefined;
afterEach(async () => await cloud?.close());

const host = hetzner({ name: "web", type: "cx23", location: "hel1", os: "debian", ipv4: "203.0.113.1", adopt: true });
const operator = publicKey("operator");
const of = fleet({ name: "x", hosts: [host] });
const declared = declaredAtProviders(of, [{ urn: "", type: "hcloud:index/volume:Volume", id: "0" }], operator);
const told = async ({ url, token }: { url: string; token: string | undefined }) => {
  const [place] = vendor.places(of, [], { HCLOUD_ENDPOINT: url, HCLOUD_TOKEN: token });
  const { findings, unknown } = await auditPlace(vendor, place!, declared);
  return {
    found: findings.map(
      ({ kind, name, detail, monthlyCost }) =>
        `${kind} ${name}: ${detail}${monthlyCost ? ` ${JSON.stringify(monthlyCost)}` : ""}`,
    ),
    unknown: unknown.map(({ reason }) => reason),
    findings,
  };
};

test("a server of the fleet with its address is nobody's finding; a firewall that it does not bring is one", async () => {
  cloud = await startTestCloud();
  expect(await told(cloud)).toMatchObject({ found: [], unknown: [] });
  cloud.hetzner.seedServer({
    name: "web",
    type: "cx23",
    location: "hel1",
    publicAddress: "203.0.113.1",
    authorizedKeys: [],
  });
  await cloud.make("/ssh_keys", { name: "mine", public_key: operator });
  expect(await told(cloud)).toMatchObject({ found: [], unknown: [] });
  await cloud.make("/firewalls", { name: "web" });
  expect(await told(cloud)).toMatchObject({ found: ["firewall web: applied to nothing"], unknown: [] });
});

test("everything else is found, with what it costs, over several pages, and also when the API is at its limit", async () => {
  cloud = await startTestCloud();
  const key = publicKey("eve");
  cloud.hetzner.seedServer({
    name: "web",
    type: "cx23",
    location: "hel1",
    publicAddress: "203.0.113.1",
    authorizedKeys: [],
  });
  await cloud.make("/servers", {
    name: "scratch",
    server_type: "cx23",
    image: "debian-12",
    location: "nbg1",
    public_net: { enable_ipv4: false, enable_ipv6: true },
  });
  const { servers } = (await cloud.call("GET", "/servers?name=web")).body as { servers: [{ id: number }] };
  await cloud.make("/volumes", { name: "data", size: 100, server: servers[0].id });
  await cloud.make("/primary_ips", { name: "idle", type: "ipv4", assignee_type: "server", location: "hel1" });
  await cloud.make("/floating_ips", { name: "float", type: "ipv6", home_location: "hel1" });
  await cloud.make("/ssh_keys", { name: "eve", public_key: key });
  await cloud.make("/networks", { name: "net", ip_range: "10.0.0.0/16" });
  for (let i = 0; i < 51; i += 1) await cloud.make("/firewalls", { name: `fw-${i}` });
  cloud.faults.add({ fault: "status", status: 429, times: 2 });
  const { found, unknown, findings } = await told(cloud);
  expect(unknown).toEqual([]);
  expect(found.filter((line) => !line.startsWith("firewall"))).toEqual([
    'server scratch: cx23 in nbg1 {"eur":3.49}',
    `volume data: 100 GB in hel1, attached to server ${servers[0].id} {"eur":4.4}`,
    expect.stringMatching(/^primary-ip idle: [\d.]+ in hel1, attached to nothing \{"eur":0.5\}$/),
    expect.stringMatching(/^floating-ip float: 2001:.* in hel1, attached to nothing \{"eur":1\}$/),
    expect.stringMatching(/^ssh-key eve: SHA256:/),
    "network net: 10.0.0.0/16, no server in it",
  ]);
  expect(found.filter((line) => line.startsWith("firewall"))).toHaveLength(51);
  expect(findings[0]).toMatchObject({
    pulumi: { type: "hcloud:index/server:Server", id: expect.stringMatching(/^\d+$/) },
    lines: {
      file: "hosts/x/scratch.ts",
      text: expect.stringContaining('name: "scratch", type: "cx23", location: "nbg1", os: "debian", adopt: true'),
    },
  });
  expect(JSON.stringify(findings)).not.toContain("AAAA");
});

test("what cannot be asked is unknown, the rest is told; a token is never shown", async () => {
  cloud = await startTestCloud();
  await cloud.make("/volumes", { name: "data", size: 10, location: "hel1" });
  cloud.faults.add({ fault: "status", status: 403, path: "/networks" });
  cloud.faults.add({ fault: "status", status: 500, path: "/pricing" });
  expect(await told(cloud)).toMatchObject({
    found: ["volume data: 10 GB in hel1, attached to nothing"],
    unknown: [
      expect.stringMatching(/^networks: Hetzner Cloud answered 403 to GET .*check its token, and what it may read$/),
    ],
  });
  expect(await told({ url: cloud.url, token: "wrong-token" })).toMatchObject({
    found: [],
    unknown: [expect.stringMatching(/^Hetzner Cloud answered 401 (?!.*wrong-token)/)],
  });
  expect(await told({ url: cloud.url, token: undefined })).toMatchObject({
    found: [],
    unknown: ["there is no token for it: give HCLOUD_TOKEN"],
  });
  expect(await told({ url: "http://127.0.0.1:1", token: "t" })).toMatchObject({
    unknown: [expect.stringMatching("Hetzner Cloud cannot be reached")],
  });
});
