import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, onTestFinished, test } from "vitest";
import { addressesInState } from "../../../src/clouds/addresses.ts";
import { AwsClient, findAmi } from "../../../src/clouds/aws/client.ts";
import { aws as awsVendor } from "../../../src/clouds/aws/index.ts";
import { CloudflareClient } from "../../../src/clouds/cloudflare/client.ts";
import { cloudflare } from "../../../src/clouds/cloudflare/index.ts";
import { isGone } from "../../../src/clouds/gone.ts";
import { HetznerClient } from "../../../src/clouds/hetzner/client.ts";
import { hetzner as hetznerVendor } from "../../../src/clouds/hetzner/index.ts";
import { lookAtKinds } from "../../../src/clouds/look.ts";
import type { StateResource } from "../../../src/engine/state.ts";
import type { Store } from "../../../src/lab/clouds/store.ts";
import { a, caa, cname, mx, srv, txt, zone } from "../../../src/model/dns.ts";
import { bucket, edge, kv, pages, worker } from "../../../src/model/edge.ts";
import { fleet, type Fleet } from "../../../src/model/fleet.ts";
import { hetzner } from "../../../src/model/host.ts";
import { account_id, startCloudflare, zone_id } from "../cloudflare-cloud.ts";
import { startTestCloud } from "../hetzner-client.ts";

const open: { close(): Promise<void> }[] = [];
const opened = async <T extends { close(): Promise<void> }>(thing: Promise<T>): Promise<T> => {
  open.push(await thing);
  return thing;
};
afterEach(async () => void (await Promise.all(open.splice(0).map((thing) => thing.close()))));

const look = (of: Fleet, env: NodeJS.ProcessEnv, state: StateResource[] = []) =>
  lookAtKinds({ stack: "test", fleet: of, state, env, script: (path) => `// ${path}` });

describe("at Cloudflare", () => {
  const at = async () => {
    const cloud = await opened(startCloudflare());
    return { ...cloud, env: { CLOUDFLARE_BASE_URL: cloud.url, CLOUDFLARE_API_TOKEN: cloud.token } };
  };
  const withRecords = (...records: Parameters<typeof zone>[0]["records"] & object) =>
    fleet({ name: "test", zones: [zone({ name: "example.com", id: zone_id, records })] });

  test.each<[string, object, ReturnType<typeof a> | ReturnType<typeof txt> | object]>([
    ["text in quotation marks", { type: "TXT", name: "@", content: '"v=spf1 -all"' }, txt("@", "v=spf1 -all")],
    ["text without", { type: "TXT", name: "@", content: "v=spf1 -all" }, txt("@", "v=spf1 -all")],
    [
      "a long text that Cloudflare has cut",
      { type: "TXT", name: "k._domainkey", content: `"${"k".repeat(400)}"` },
      txt("k._domainkey", "k".repeat(400)),
    ],
    [
      "a target with capitals and a dot",
      { type: "MX", name: "@", content: "MX.Example.Net.", priority: 10 },
      mx("@", "Mx.example.net", { priority: 10 }),
    ],
    [
      "a name in Unicode",
      { type: "CNAME", name: "bücher", content: "Käse.example.net" },
      cname("Bücher", "käse.example.net" as "x.y"),
    ],
    [
      "an authority in fields",
      { type: "CAA", name: "@", data: { flags: 0, tag: "issue", value: "letsencrypt.org" } },
      caa("@", "letsencrypt.org", { tag: "issue" }),
    ],
    [
      "a service in fields",
      { type: "SRV", name: "_sip._tcp", data: { priority: 1, weight: 2, port: 3, target: "Sip.example.net" } },
      srv("_sip._tcp", "sip.example.net", { priority: 1, weight: 2, port: 3 }),
    ],
  ])("a record that is as declared is taken over, however it is written: %s", async (_, there, declared) => {
    const { client, env } = await at();
    const { id } = await client.dns.records.create({ zone_id, ttl: 1, ...there } as never);
    // A fleet without an account, too.
    const { view, refused } = await look(withRecords(declared as never), env);
    expect([refused, view.adopt.map((key) => view.existing[key])]).toEqual([[], [`${zone_id}/${id}`]]);
  });

  test("one that differs stops the run, with what differs and what to write; the file's word takes it over", async () => {
    const { client, env } = await at();
    await client.dns.records.create({
      zone_id,
      type: "A",
      name: "www",
      content: "192.0.2.1",
      ttl: 300,
      proxied: false,
    });
    const { view, refused } = await look(withRecords(a("www", "192.0.2.1")), env);
    expect(view.adopt).toEqual([]);
    expect(refused).toEqual([
      expect.stringMatching(
        /^DNS record www.example.com A 192.0.2.1 exists at Cloudflare and is not ours \(.*\): ttl is 300 there and 1 in the file. Write adopt: true in stacks\/test\/fleet.ts/,
      ),
    ]);
    const adopted = await look(withRecords(a("www", "192.0.2.1", { adopt: true })), env);
    expect([adopted.refused, adopted.view.adopt]).toEqual([[], ["cloudflare/record/www.example.com A 192.0.2.1"]]);
    // Another content is another record.
    expect(await look(withRecords(a("www", "192.0.2.2")), env)).toMatchObject({ refused: [], view: { adopt: [] } });
  });

  test("what stands in the account is known by its name", async () => {
    const { client, env } = await at();
    const namespace = await client.kv.namespaces.create({ account_id, title: "brain" });
    await client.r2.buckets.create({ account_id, name: "models" });
    await client.pages.projects.create({ account_id, name: "site", production_branch: "main" });
    const of = (branch: string) =>
      fleet({
        name: "test",
        edge: edge({
          account: account_id,
          buckets: [bucket({ name: "models" })],
          kv: [kv({ name: "brain" }), kv({ name: "new" })],
          pages: [pages({ name: "site", productionBranch: branch })],
        }),
      });
    expect((await look(of("main"), env)).view.existing).toEqual({
      "cloudflare/bucket/models": `${account_id}/models/default`,
      "cloudflare/kv/brain": `${account_id}/${namespace.id}`,
      "cloudflare/pages-project/site": `${account_id}/site`,
    });
    expect((await look(of("live"), env)).refused).toEqual([
      expect.stringContaining('productionBranch is "main" there and "live" in the file'),
    ]);
  });

  describe("a live Worker", () => {
    const upload = (url: string, token: string, bindings: object[], more = {}) => {
      const script = new FormData();
      script.set(
        "metadata",
        JSON.stringify({ main_module: "w.js", compatibility_date: "2026-01-01", bindings, ...more }),
      );
      script.set("w.js", new File(["// w/search.js"], "w.js", { type: "application/javascript+module" }));
      return fetch(`${url}/accounts/${account_id}/workers/scripts/search`, {
        method: "PUT",
        headers: { authorization: `Bearer ${token}` },
        body: script,
      });
    };
    const of = (more: object = {}) =>
      fleet({
        name: "test",
        edge: edge({ account: account_id, workers: [worker({ name: "search", script: "w/search.js", ...more })] }),
      });
    const secret = { name: "API_KEY", type: "secret_text", text: "hush" };

    test.each<[string, object[], object, string[], string[]]>([
      ["that is just as declared is taken over", [], {}, ["cloudflare/worker/search"], []],
      ["with another script is not ours", [], { script: "w/other.js" }, [], ["its script is another"]],
      ["with a secret that nobody declared is not ours", [secret], {}, [], ["its bindings are others"]],
      [
        "would lose a secret that nobody declared",
        [secret],
        { adopt: true },
        [],
        [
          'would take from the Worker search what is bound to API_KEY (secret_text): declare it in bindings, or write keep: ["API_KEY"], in stacks/test/fleet.ts',
        ],
      ],
      [
        "keeps what the file says to keep",
        [secret],
        { adopt: true, keep: ["API_KEY"] },
        ["cloudflare/worker/search"],
        [],
      ],
    ])("%s", async (_, bindings, declared, adopt, refused) => {
      const { url, token, env } = await at();
      expect((await upload(url, token, bindings)).status).toBe(200);
      const seen = await look(of(declared), env);
      expect(seen.view.adopt).toEqual(adopt);
      expect(seen.refused).toEqual(refused.map((part) => expect.stringContaining(part) as string));
    });

    test("keeps settings that the fleet has no words for", async () => {
      const { url, token, env } = await at();
      await upload(url, token, [], { compatibility_flags: ["nodejs_compat"], observability: { enabled: true } });
      expect((await look(of({ adopt: true }), env)).view.kept).toEqual({
        "cloudflare/worker/search": { compatibilityFlags: ["nodejs_compat"], observability: { enabled: true } },
      });
    });
  });

  test("without a token nobody is asked", async () =>
    expect(await look(withRecords(a("www", "192.0.2.1")), { CLOUDFLARE_BASE_URL: "http://127.0.0.1:1" })).toMatchObject(
      {
        refused: [],
        view: { existing: {} },
      },
    ));
});

describe("every list is read to its end", () => {
  const put = (store: Store, collection: string, n: number, make: (i: number) => object) => {
    const things = store.collection<object>("cloudflare", collection);
    for (let i = 0; i < n; i += 1) things.put(`x${String(i).padStart(6, "0")}`, make(i));
  };
  const inAccount = { account: account_id };
  test.each<[kind: string, collection: string, more: number, make: (i: number) => object]>([
    [
      "cloudflare/record",
      "dns_records",
      5001,
      (i) => ({
        zone_id,
        id: `r${i}`,
        name: `r${i}.example.com`,
        type: "A",
        content: "192.0.2.1",
        ttl: 1,
        meta: {},
        tags: [],
      }),
    ],
    [
      "cloudflare/bucket",
      "r2_buckets",
      1001,
      (i) => ({ ...inAccount, name: `b${String(i).padStart(5, "0")}`, jurisdiction: "default" }),
    ],
    ["cloudflare/kv", "kv_namespaces", 101, (i) => ({ ...inAccount, id: `n${i}`, title: `t${i}` })],
    ["cloudflare/database", "d1_databases", 10_001, (i) => ({ ...inAccount, uuid: `d${i}`, name: `d${i}` })],
    ["cloudflare/tunnel", "tunnels", 1001, (i) => ({ ...inAccount, id: `t${i}`, name: `t${i}`, deleted_at: null })],
    [
      "cloudflare/pages-project",
      "pages_projects",
      11,
      (i) => ({ ...inAccount, id: `p${i}`, name: `p${i}`, subdomain: `p${i}.pages.dev`, deployments: [] }),
    ],
  ])("%s", async (is, collection, n, make) => {
    const { url, token, store } = await opened(startCloudflare());
    put(store, collection, n, make);
    const zones = [zone({ name: "example.com", id: zone_id })];
    const client = new CloudflareClient({ url, token }, { zones, edge: { account: account_id } });
    const kind = cloudflare.kinds.find((each) => each.is === is)!;
    const found = (await Promise.all(kind.ask(client, []).map((question) => question.list()))).flat();
    expect(new Set(found.map(({ identity }) => identity)).size).toBe(n);
  });

  test("the keys of a namespace, by their cursor", async () => {
    const { url, token, store, client } = await opened(startCloudflare());
    const { id: namespace } = await client.kv.namespaces.create({ account_id, title: "brain" });
    put(store, "kv_values", 1001, (i) => ({ namespace, key: `k${String(i).padStart(5, "0")}`, base64: "" }));
    const kind = cloudflare.kinds.find(({ is }) => is === "cloudflare/kv-value")!;
    const asked = new CloudflareClient({ url, token }, { zones: [], edge: { account: account_id } });
    const [question] = kind.ask(asked, [{ is: kv({ name: "brain" }) }]);
    expect(await question!.list()).toHaveLength(1001);
  });

  test.each([
    ["aws/instance", (id: number) => list("reservationSet", list("instancesSet", `<instanceId>i-${id}</instanceId>`))],
    ["aws/disk", (id: number) => list("volumeSet", `<volumeId>vol-${id}</volumeId>`)],
    [
      "aws/security-group",
      (id: number) => list("securityGroupInfo", `<groupId>sg-${id}</groupId><groupName>g${id}</groupName>`),
    ],
  ])("%s in a region, by tokens", async (is, page) => {
    const url = await pagesOfAws(3, page);
    const env = { AWS_ENDPOINT_URL_EC2: url, AWS_ACCESS_KEY_ID: "key", AWS_SECRET_ACCESS_KEY: "secret" };
    const kind = awsVendor.kinds.find((each) => each.is === is)!;
    const [question] = kind.ask(new AwsClient("eu-west-2", "test", env), []);
    expect((await question!.list()).map(({ id }) => id.split("-")[1])).toEqual(["0", "1", "2"]);
  });

  test("a collection of Hetzner's, also when the API is busy", async () => {
    const { url, token, make, faults } = await opened(startTestCloud());
    for (let i = 0; i < 51; i += 1) await make("/firewalls", { name: `firewall-${i}` });
    faults.add({ fault: "status", status: 429, times: 2 });
    const kind = hetznerVendor.kinds.find(({ is }) => is === "hetzner/firewall")!;
    const [question] = kind.ask(new HetznerClient({ url, token }), []);
    expect(await question!.list()).toHaveLength(51);
  });
});

/** A list of the EC2 query API with one item. */
const list = (name: string, item: string): string => `<${name}><item>${item}</item></${name}>`;

/** EC2 as far as pages go: each has one item and, but the last, the token of the next one. */
async function pagesOfAws(count: number, page: (id: number) => string): Promise<string> {
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const query = new URLSearchParams(body);
      const id = Number(query.get("NextToken") ?? 0);
      const next = id + 1 < count ? `<nextToken>${id + 1}</nextToken>` : "";
      const element = `${query.get("Action")}Response`;
      response.setHeader("content-type", "text/xml").end(`<${element}>${page(id)}${next}</${element}>`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("at Hetzner Cloud", () => {
  const web = (more: object = {}) =>
    fleet({ name: "test", hosts: [hetzner({ name: "web", type: "cx23", location: "hel1", os: "debian", ...more })] });
  const at = async (labels?: Record<string, string>) => {
    const cloud = await opened(startTestCloud());
    cloud.hetzner.seedServer({
      name: "web",
      type: "cx23",
      location: "hel1",
      publicAddress: "203.0.113.1",
      authorizedKeys: [],
      ...(labels && { labels }),
    });
    return { ...cloud, env: { HCLOUD_ENDPOINT: cloud.url, HCLOUD_TOKEN: cloud.token } };
  };

  test.each<[string, Record<string, string> | undefined, object, string[], string[]]>([
    ["ours by its label is taken over", { fleet: "test" }, {}, ["hetzner/server/web"], []],
    ["adopted by the file's word is taken over", undefined, { adopt: true }, ["hetzner/server/web"], []],
    ["without a label is not ours", undefined, {}, [], ["server web exists at Hetzner Cloud and is not ours"]],
    ["of another fleet is not ours", { fleet: "other" }, {}, [], ["its label says fleet other"]],
  ])("a server of the name that is %s", async (_, labels, more, adopt, refused) => {
    const { env } = await at(labels);
    const seen = await look(web(more), env);
    expect(seen.view.adopt).toEqual(adopt);
    expect(seen.refused).toEqual(refused.map((part) => expect.stringContaining(part) as string));
    for (const each of seen.refused) expect(each).toContain("Write adopt: true in hosts/test/web.ts");
  });

  test("a firewall of the name that nobody has labelled is not ours either", async () => {
    const { env, make } = await at({ fleet: "test" });
    await make("/firewalls", { name: "web" });
    expect((await look(web(), env)).refused).toEqual([
      expect.stringContaining("firewall web-firewall exists at Hetzner"),
    ]);
  });

  test("a refused token is named, never shown; an API out of reach is named", async () => {
    const { env } = await at();
    const error = await look(web(), { ...env, HCLOUD_TOKEN: "wrong-token" }).catch((e: Error) => e.message);
    expect(error).toMatch(/Hetzner Cloud answered 401 .*check its token/);
    expect(error).not.toContain("wrong-token");
    await expect(look(web(), { HCLOUD_ENDPOINT: "http://127.0.0.1:1", HCLOUD_TOKEN: "t" })).rejects.toThrow(
      "Hetzner Cloud cannot be reached",
    );
  });

  test("a machine is gone only when its provider says so to a token of its own project", async () => {
    const { url, token, make, ...cloud } = await at();
    const { servers } = (await cloud.call("GET", "/servers")).body as { servers: [{ id: number }] };
    const [there] = servers;
    const firewall = async (name: string, more = {}) =>
      `hcloud:firewall/${((await make("/firewalls", { name, ...more })) as { firewall: { id: number } }).firewall.id}`;
    const free = await firewall("free");
    const inUse = await firewall("in-use", { apply_to: [{ type: "server", server: { id: there.id } }] });
    const env = { HCLOUD_ENDPOINT: url, HCLOUD_TOKEN: token };
    const ask = (machine: string | undefined, account?: string, more = {}) =>
      isGone(machine, account, { ...env, ...more });

    expect(await ask("hcloud:server/web", free)).toBe(false);
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
  const droplet = {
    urn: "",
    type: "digitalocean:index/droplet:Droplet",
    inputs: { name: "spare" },
    outputs: { ipv4Address: "203.0.113.2" },
  };
  expect(addressesInState([])).toEqual({});
  expect(
    addressesInState([{ urn: "", type: "aws:ec2/instance:Instance" }, { ...eip, outputs: {} }, eip, server, droplet]),
  ).toEqual({ london: "198.51.100.7", "ghost-01": "203.0.113.1", spare: "203.0.113.2" });
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
