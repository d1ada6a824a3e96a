import { afterEach, beforeEach, expect, test } from "vitest";
import { declaredAtProviders } from "../../../src/audit/declared.ts";
import { auditPlace } from "../../../src/audit/place.ts";
import { digitalocean as vendor } from "../../../src/clouds/digitalocean/index.ts";
import { fleet } from "../../../src/model/fleet.ts";
import { digitalocean } from "../../../src/model/host.ts";
import { startTestCloud, type TestCloud } from "../../clouds/digitalocean-client.ts";
import { publicKey } from "../../clouds/hetzner-client.ts";

let cloud: TestCloud;
beforeEach(async () => void (cloud = await startTestCloud()));
afterEach(() => cloud.close());

const size = { size: "s-1vcpu-1gb", region: "nyc3", os: "debian" } as const;
const of = fleet({
  name: "x",
  hosts: [
    digitalocean({ name: "web", ...size, roles: ["relay"] }),
    digitalocean({ name: "old", ...size, ipv4: "203.0.113.1", adopt: true }),
  ],
});
const operator = publicKey("operator");
const declared = declaredAtProviders(of, [], operator);
const told = async (env: NodeJS.ProcessEnv = {}) => {
  const own = { DIGITALOCEAN_API_URL: cloud.endpoint, DIGITALOCEAN_TOKEN: cloud.token };
  const [place] = vendor.places(of, [], { ...own, ...env });
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

test("what the fleet declares is nobody's finding: droplets with their tags and firewall, an operator's key", async () => {
  expect(await told()).toMatchObject({ found: [], unknown: [] });
  const tags = ["fleet:x", "host:web", "role:relay", "managed-by:fleet", "firewall:x:web"];
  await cloud.makeDroplet({ name: "web", tags });
  cloud.digitalOcean.seedDroplet({ name: "renamed", ...size, publicAddress: "203.0.113.1", authorizedKeys: [] });
  await cloud.digitalOcean.resume();
  await cloud.done("POST", "/firewalls", { name: "x-web", tags: ["firewall:x:web"], inbound_rules: [rule] });
  await cloud.done("POST", "/account/keys", { name: "mine", public_key: operator });
  expect(await told()).toMatchObject({ found: [], unknown: [] });
});

const rule = { protocol: "tcp", ports: "443", sources: { addresses: ["0.0.0.0/0"] } };

test("everything else is found, with what it costs, also when the API is at its limit", async () => {
  const { id } = await cloud.makeDroplet({ name: "scratch", tags: ["lonely"], image: "ubuntu-24-04-x64" });
  await cloud.makeDroplet({ name: "odd", size: "s-2vcpu-4gb", image: "rockylinux-9-x64" });
  const { volume } = await cloud.done("POST", "/volumes", { name: "data", region: "nyc3", size_gigabytes: 100 });
  const { action } = await cloud.done("POST", `/droplets/${id}/actions`, { type: "snapshot", name: "before" });
  await cloud.wait(action);
  await cloud.done("POST", `/volumes/${volume.id}/snapshots`, { name: "weekly" });
  await cloud.done("POST", "/reserved_ips", { region: "nyc3" });
  await cloud.done("POST", "/vpcs", { name: "net", region: "nyc3", ip_range: "10.20.0.0/24" });
  await cloud.done("POST", "/account/keys", { name: "eve", public_key: publicKey("eve") });
  await cloud.done("POST", "/domains", { name: "example.com" });
  await cloud.done("POST", "/projects", { name: "trial", purpose: "Just trying out DigitalOcean" });
  await cloud.done("POST", "/firewalls", { name: "open", inbound_rules: [rule] });
  cloud.faults.add({ fault: "status", status: 429, times: 2 });
  const { found, unknown, findings } = await told();
  expect(unknown).toEqual([]);
  expect(found).toEqual([
    "tag lonely: of 1",
    "firewall open: applied to nothing",
    expect.stringMatching(/^droplet scratch: s-1vcpu-1gb in nyc3, [\d.]+ \{"usd":6\}$/),
    expect.stringMatching(/^droplet odd: s-2vcpu-4gb in nyc3, [\d.]+ \{"usd":24\}$/),
    'volume data: 100 GB in nyc3, attached to nothing {"usd":10}',
    expect.stringMatching(/^snapshot weekly: [\d.]+ GB of volume \S+, 20\d\d-\d\d-\d\d \{"usd":[\d.]+\}$/),
    expect.stringMatching(/^image before: snapshot of Ubuntu, [\d.]+ GB, 20\d\d-\d\d-\d\d \{"usd":[\d.]+\}$/),
    expect.stringMatching(/^reserved-ip [\d.]+: of nothing, in nyc3 \{"usd":5\}$/),
    "vpc net: 10.20.0.0/24 in nyc3",
    expect.stringMatching(/^ssh-key eve: SHA256:/),
    "domain example.com: a zone of DigitalOcean's DNS",
    "project trial: Just trying out DigitalOcean",
  ]);
  const lines = (name: string) => findings.find((finding) => finding.name === name)!.lines!;
  expect(lines("scratch")).toMatchObject({
    file: "hosts/x/scratch.ts",
    text: expect.stringMatching(
      /digitalocean\(\{\n {2}name: "scratch", size: "s-1vcpu-1gb", region: "nyc3", os: "ubuntu", ipv4: "[\d.]+", adopt: true,/,
    ),
  });
  expect(lines("odd").text).toContain('  // Which system it runs is not known: look.\n  name: "odd"');
  expect(JSON.stringify(findings)).not.toContain("AAAA");
});

test("what cannot be asked is unknown, the rest is told; a token is never shown", async () => {
  await cloud.done("POST", "/volumes", { name: "data", region: "nyc3", size_gigabytes: 10 });
  cloud.faults.add({ fault: "status", status: 403, path: "/vpcs" });
  expect(await told()).toMatchObject({
    found: ['volume data: 10 GB in nyc3, attached to nothing {"usd":1}'],
    unknown: [expect.stringMatching(/^VPCs: DigitalOcean answered 403 .*: check its token, and what it may read$/)],
  });
  expect(await told({ DIGITALOCEAN_TOKEN: "wrong-token" })).toMatchObject({
    found: [],
    unknown: [expect.stringMatching(/^DigitalOcean answered 401 (?!.*wrong-token)/)],
  });
  expect(await told({ DIGITALOCEAN_TOKEN: undefined })).toMatchObject({
    found: [],
    unknown: ["there is no token for it: give DIGITALOCEAN_TOKEN"],
  });
  expect(await told({ DIGITALOCEAN_API_URL: "http://127.0.0.1:1" })).toMatchObject({
    unknown: [expect.stringMatching("DigitalOcean cannot be reached")],
  });
});
