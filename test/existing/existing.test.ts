import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { findAmi } from "../../src/existing/aws.ts";
import { existingInAccount, recordsAtCloudflare } from "../../src/existing/cloudflare.ts";
import { addressesInState, declaredKeys, keysInState } from "../../src/existing/declared.ts";
import { existingAtHetzner } from "../../src/existing/hetzner.ts";
import { isGone } from "../../src/existing/view.ts";
import { a, cname, zone } from "../../src/model/dns.ts";
import { bucket, edge, kv, pages } from "../../src/model/edge.ts";
import { fleet } from "../../src/model/fleet.ts";
import { aws, hetzner, pi } from "../../src/model/host.ts";
import { planned } from "../../src/model/status.ts";
import { addressOf } from "../../src/model/text.ts";
import { account_id, startCloudflare, zone_id } from "../clouds/cloudflare-cloud.ts";
import { startTestCloud } from "../clouds/hetzner-client.ts";

const open: { close(): Promise<void> }[] = [];
const opened = async <T extends { close(): Promise<void> }>(thing: Promise<T>): Promise<T> => {
  open.push(await thing);
  return thing;
};
afterEach(async () => void (await Promise.all(open.splice(0).map((thing) => thing.close()))));

describe("what exists at Hetzner Cloud", () => {
  test("without a token nobody is asked", async () =>
    expect(await existingAtHetzner({ url: "http://127.0.0.1:1", token: undefined })).toEqual({}));

  test("an empty project is empty", async () => {
    const { url, token } = await opened(startTestCloud());
    expect(await existingAtHetzner({ url, token })).toEqual({});
  });

  test("servers and firewalls by name, over several pages, and again when the API is busy", async () => {
    const { url, token, make, hetzner: cloud, faults } = await opened(startTestCloud());
    for (let i = 0; i < 51; i += 1) await make("/firewalls", { name: `firewall-${i}` });
    cloud.seedServer({
      name: "ghost-01",
      type: "cx43",
      location: "hel1",
      publicAddress: "203.0.113.1",
      authorizedKeys: [],
    });
    faults.add({ fault: "status", status: 429, times: 2 });
    const found = await existingAtHetzner({ url, token });
    expect(Object.keys(found)).toHaveLength(53);
    expect(found["hcloud:server/ghost-01"]).toMatch(/^\d+$/);
    expect(found["hcloud:address/ghost-01"]).toBe("203.0.113.1");
  });

  test("a machine is gone only when its provider says so to a token of its own project", async () => {
    const { url, token, hetzner: cloud, make } = await opened(startTestCloud());
    cloud.seedServer({
      name: "there",
      type: "cx23",
      location: "hel1",
      publicAddress: "203.0.113.1",
      authorizedKeys: [],
    });
    const { servers } = (await (
      await fetch(`${url}/servers`, { headers: { Authorization: `Bearer ${token}` } })
    ).json()) as { servers: { id: number }[] };
    const firewall = async (name: string, more = {}) =>
      `hcloud:firewall/${((await make("/firewalls", { name, ...more })) as { firewall: { id: number } }).firewall.id}`;
    const free = await firewall("free");
    const inUse = await firewall("in-use", { apply_to: [{ type: "server", server: { id: servers[0]!.id } }] });
    const env = { HCLOUD_ENDPOINT: url, HCLOUD_TOKEN: token };
    const ask = (machine: string | undefined, account?: string, more = {}) =>
      isGone(machine, account, { ...env, ...more });

    expect(await ask("hcloud:server/there", free)).toBe(false);
    expect(await ask("hcloud:server/gone", free)).toBe(true);
    expect(await ask("hcloud:server/renamed", inUse)).toBe(false);
    expect(await ask(undefined, free)).toBe(false);
    await expect(ask("hcloud:server/gone")).rejects.toThrow(
      "nothing in the state shows of which Hetzner Cloud project",
    );
    await expect(ask("hcloud:server/gone", "hcloud:firewall/9999999")).rejects.toThrow(
      "HCLOUD_TOKEN does not see hcloud firewall 9999999, which was made with it: the token may be one of another project",
    );
    await expect(ask("hcloud:server/gone", free, { HCLOUD_TOKEN: undefined })).rejects.toThrow(
      "HCLOUD_TOKEN is not set",
    );
    await expect(ask("hcloud:server/gone", free, { HCLOUD_TOKEN: "wrong" })).rejects.toThrow("401");
  });

  test("a refused token is named, never shown", async () => {
    const { url } = await opened(startTestCloud());
    const error = await existingAtHetzner({ url, token: "wrong-token" }).catch((e: Error) => e.message);
    expect(error).toMatch(/Hetzner Cloud answered 401 .*check its token/);
    expect(error).not.toContain("wrong-token");
  });

  test("an API out of reach is named", async () => {
    await expect(existingAtHetzner({ url: "http://127.0.0.1:1", token: "t" })).rejects.toThrow(
      "Hetzner Cloud cannot be reached",
    );
  });
});

test("what exists at Cloudflare, by what makes it unique, with the ids that Pulumi imports it by", async () => {
  const { client, url, token } = await opened(startCloudflare());
  const record = await client.dns.records.create({
    zone_id,
    type: "A",
    name: "www.example.com",
    content: "203.0.113.1",
    ttl: 1,
  });
  const namespace = await client.kv.namespaces.create({ account_id, title: "brain" });
  await client.r2.buckets.create({ account_id, name: "models" });
  await client.pages.projects.create({ account_id, name: "site", production_branch: "main" });
  const api = { url, token };
  const found = { ...(await recordsAtCloudflare(api, [zone_id])), ...(await existingInAccount(api, account_id)) };
  expect(found).toEqual({
    "cloudflare:record/www.example.com A 203.0.113.1": `${zone_id}/${record.id}`,
    "cloudflare:bucket/models": `${account_id}/models/default`,
    "cloudflare:kv/brain": `${account_id}/${namespace.id}`,
    "cloudflare:pages/site": `${account_id}/site`,
  });
});

describe("what a fleet declares", () => {
  const host = hetzner({
    name: "ghost-01",
    type: "cx43",
    location: "hel1",
    os: "ubuntu",
    ipv4: "203.0.113.1",
    adopt: true,
  });
  const declared = fleet({
    name: "test",
    hosts: [
      host,
      pi({ name: "home", os: "debian" }),
      { ...hetzner({ name: "later", type: "cx23", location: "hel1", os: "debian" }), status: "planned" },
    ],
    zones: [
      zone({
        name: "example.com",
        id: zone_id,
        records: [
          a("ghost", addressOf("ghost-01")),
          cname("docs", "example.org"),
          planned(cname("hub", "example.org")),
        ],
      }),
    ],
    edge: edge({
      account: account_id,
      buckets: [bucket({ name: "models" })],
      kv: [planned(kv({ name: "brain" }))],
      pages: [pages({ name: "site", domains: ["example.com"] })],
    }),
  });

  test("is known by the same keys, without what is only planned", () => {
    expect([...declaredKeys(declared)].sort()).toEqual([
      "cloudflare:bucket/models",
      "cloudflare:pages/site",
      "cloudflare:record/docs.example.com CNAME example.org",
      "cloudflare:record/example.com CNAME site.pages.dev",
      "cloudflare:record/ghost.example.com A 203.0.113.1",
      "hcloud:firewall/ghost-01",
      "hcloud:server/ghost-01",
    ]);
  });
  test("a record of a machine that the fleet made is known by the address that the cloud gave it", () => {
    const made = fleet({
      ...declared,
      hosts: [hetzner({ name: "ghost-01", type: "cx43", location: "hel1", os: "ubuntu" })],
    });
    const ofGhost = (existing: Record<string, string>) =>
      [...declaredKeys(made, existing)].find((key) => key.includes(" A "));
    expect(ofGhost({ "hcloud:address/ghost-01": "203.0.113.77" })).toBe(
      "cloudflare:record/ghost.example.com A 203.0.113.77",
    );
    expect(ofGhost({})).toBe("cloudflare:record/ghost.example.com A ");
  });
  test("an instance at AWS brings its key pair, group and address, an adopted one only itself", () => {
    const spoke = (name: string, more = {}) =>
      aws({ name, type: "t4g.nano", region: "eu-west-2", os: "nixos", ...more });
    const keys = declaredKeys(
      fleet({ name: "test", hosts: [spoke("london"), spoke("old", { adopt: true }), planned(spoke("later"))] }),
    );
    expect([...keys].sort()).toEqual([
      "aws:eip/london",
      "aws:instance/london",
      "aws:instance/old",
      "aws:key-pair/london",
      "aws:security-group/london",
    ]);
  });
  test("an empty fleet declares nothing", () => expect(declaredKeys(fleet({ name: "test" })).size).toBe(0));
});

test("what a state holds is known by the same keys", () => {
  const resource = (type: string, inputs: object) => ({ urn: "", type, inputs: { ...inputs } });
  expect(keysInState([])).toEqual(new Set());
  expect([
    ...keysInState([
      resource("pulumi:pulumi:Stack", {}),
      resource("hcloud:index/server:Server", { name: "ghost-01" }),
      resource("hcloud:index/firewall:Firewall", { name: "ghost-01" }),
      resource("aws:ec2/instance:Instance", { tags: { Name: "london", host: "london" } }),
      resource("aws:ec2/keyPair:KeyPair", { keyName: "test-london", tags: { host: "london" } }),
      resource("aws:ec2/securityGroup:SecurityGroup", { name: "test-london", tags: { host: "london" } }),
      resource("aws:ec2/eip:Eip", { tags: { host: "london" } }),
      resource("cloudflare:index/dnsRecord:DnsRecord", { name: "www.example.com", type: "A", content: "203.0.113.1" }),
      resource("cloudflare:index/r2Bucket:R2Bucket", { name: "models" }),
      resource("cloudflare:index/workersKvNamespace:WorkersKvNamespace", { title: "brain" }),
      resource("cloudflare:index/pagesProject:PagesProject", { name: "site" }),
    ]),
  ]).toEqual([
    "hcloud:server/ghost-01",
    "hcloud:firewall/ghost-01",
    "aws:instance/london",
    "aws:key-pair/london",
    "aws:security-group/london",
    "aws:eip/london",
    "cloudflare:record/www.example.com A 203.0.113.1",
    "cloudflare:bucket/models",
    "cloudflare:kv/brain",
    "cloudflare:pages/site",
  ]);
});

test("a state tells the addresses of its machines", () => {
  const eip = {
    urn: "",
    type: "aws:ec2/eip:Eip",
    inputs: { tags: { host: "london" } },
    outputs: { publicIp: "198.51.100.7" },
  };
  const server = {
    urn: "",
    type: "hcloud:index/server:Server",
    inputs: { name: "ghost-01" },
    outputs: { ipv4Address: "203.0.113.1" },
  };
  expect(addressesInState([])).toEqual({});
  expect(
    addressesInState([{ urn: "", type: "aws:ec2/instance:Instance" }, { ...eip, outputs: {} }, eip, server]),
  ).toEqual({ "aws:address/london": "198.51.100.7", "hcloud:address/ghost-01": "203.0.113.1" });
});

test("an image that is not there is named, with where it was looked for", async () => {
  const nothing = createServer((_, response) =>
    response.end(
      '<DescribeImagesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><imagesSet/></DescribeImagesResponse>',
    ),
  );
  await new Promise<void>((resolve) => nothing.listen(0, "127.0.0.1", resolve));
  const env = {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(nothing.address() as AddressInfo).port}`,
    AWS_ACCESS_KEY_ID: "lab",
    AWS_SECRET_ACCESS_KEY: "lab",
  };
  await expect(findAmi("mx-central-1", env)).rejects.toThrow(
    /no image nixos\/\S+-aarch64-linux of owner 427812963091 in mx-central-1: .*give the host an ami/,
  );
  nothing.close();
});
