import * as pulumi from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { DeployedFleet, type DeployArgs } from "../../src/components/fleet/fleet.ts";
import type { CloudView } from "../../src/clouds/view.ts";
import { a, cname, mx, zone } from "../../src/model/dns.ts";
import { bucket, edge, kv, pages, worker } from "../../src/model/edge.ts";
import { fleet } from "../../src/model/fleet.ts";
import { aws, hetzner, miniPc, pi, type Host } from "../../src/model/host.ts";
import { service } from "../../src/model/service.ts";
import { planned } from "../../src/model/status.ts";
import { addressOf, hostKeyOf, privateKey, secret, text, token } from "../../src/model/text.ts";
import { isSecretInput, register, revealed, type Registered } from "./mocks.ts";

const ACCOUNT = "a".repeat(32);
const ZONE = "b".repeat(32);
const NOTHING: CloudView = { existing: {}, adopt: [], asFound: false };

const web = service("web", {
  args: z.object({ after: z.array(z.string()).default([]) }),
  dependsOn: (args) => args.after,
  render: () => ({ files: { "/etc/web.conf": { content: text`token=${secret("TOKEN")}\n`, mode: "0600" } } }),
});
const peer = service("peer", {
  args: z.object({}),
  render: () => ({
    files: { "/etc/peer": { content: text`${addressOf("made")} ${hostKeyOf("old")} ${privateKey("sync")}` } },
  }),
});

const deploy = (
  hosts: Host[],
  more: Partial<Parameters<typeof fleet>[0]> = {},
  view = NOTHING,
  operatorKeys = ["ssh-ed25519 AAAA operator"],
): Promise<Registered[]> => {
  const args: DeployArgs = {
    fleet: fleet({ name: "test", hosts, ...more }),
    secrets: (name) => pulumi.secret(`value-of-${name}`),
    view,
    operatorKeys,
    standIns: false,
    scriptOf: (path) => `// ${path}`,
  };
  return register(() => void new DeployedFleet("test", args));
};
const made = (services: Host["services"] = []) =>
  hetzner({ name: "made", type: "cx23", location: "hel1", os: "debian", publicPorts: ["443/tcp"], services });
const old = (services: Host["services"] = []) =>
  hetzner({ name: "old", type: "cx43", location: "hel1", os: "ubuntu", ipv4: "203.0.113.7", adopt: true, services });
const withOld: CloudView = { existing: { "hetzner/server/old": "42" }, adopt: [], asFound: false };
const shown = (all: Registered[]) => all.map(({ type, name }) => `${type.split(":").at(-1)} ${name}`).sort();
const find = (all: Registered[], type: string, name: string) =>
  all.find((r) => r.type.endsWith(`:${type}`) && r.name === name)!.inputs;

describe("hosts", () => {
  test("an empty fleet is nothing but itself", async () => expect(shown(await deploy([]))).toEqual(["Fleet test"]));

  test("a new server comes with its host key and firewall", async () => {
    const all = await deploy([made()]);
    expect(shown(all)).toEqual(
      ["Fleet test", "Firewall made-firewall", "HostKey made-host-key", "Server made", "Server made"].sort(),
    );
    const cloudServer = all.find((r) => r.type === "hcloud:index/server:Server")!.inputs;
    expect(cloudServer).toMatchObject({
      name: "made",
      serverType: "cx23",
      location: "hel1",
      image: "debian-13",
      labels: { fleet: "test", host: "made", "managed-by": "fleet" },
    });
    expect(isSecretInput(cloudServer.userData)).toBe(true);
    expect((find(all, "Firewall", "made-firewall").rules as { port: string }[]).map((r) => r.port)).toEqual([
      "22",
      "443",
    ]);
  });

  test("an adopted server is only imported: no key, no firewall, no user data", async () => {
    const all = await deploy([old()], {}, withOld);
    expect(shown(all)).toEqual(["Fleet test", "Server old", "Server old"]);
    expect(all.find((r) => r.type === "hcloud:index/server:Server")!.inputs).not.toHaveProperty("userData");
  });

  test("an adopted server that nobody knows is refused, never made", async () => {
    await expect(deploy([old()])).rejects.toThrow("adopt: true, but there is no server of that name at its provider");
  });

  test("a server that nobody could log in to is refused", async () => {
    await expect(deploy([made()], {}, NOTHING, [])).rejects.toThrow(
      "host made would be made without a key that may log in",
    );
  });

  test("an instance at AWS comes with what it needs, and is refused without an image", async () => {
    const spoke = aws({ name: "london", type: "t4g.nano", region: "eu-west-2", os: "nixos", services: [web({})] });
    const all = await deploy([{ ...spoke, ami: "ami-0abc" }]);
    expect(shown(all)).toEqual(
      expect.arrayContaining(["Instance london", "Service london/web", "SecurityGroup london-firewall"]),
    );
    expect(find(all, "Service", "london/web").connection).toMatchObject({
      address: "203.0.113.10",
      machine: "aws:eu-west-2/london-id",
    });
    await expect(deploy([spoke])).rejects.toThrow("host london has no image");
  });

  test("a server that the fleet made tells by its firewall of which project it is; one that it adopted does not", async () => {
    const { connection } = find(await deploy([{ ...made(), services: [web({})] }]), "Service", "made/web") as {
      connection: Record<string, unknown>;
    };
    expect(connection).toMatchObject({ machine: "hcloud:server/made", account: "hcloud:firewall/made-firewall-id" });
    const view = { ...NOTHING, existing: { "hetzner/server/old": "1" } };
    const adopted = find(await deploy([{ ...old(), services: [web({})] }], {}, view), "Service", "old/web");
    expect(adopted.connection).not.toHaveProperty("account");
  });

  test("a planned host is left out", async () =>
    expect(shown(await deploy([{ ...made(), status: "planned" }]))).toEqual(["Fleet test"]));

  test("a static host is not made, its services are", async () => {
    const all = await deploy([pi({ name: "home", os: "raspberry-pi-os", private: "10.0.0.7", services: [web({})] })]);
    expect(shown(all)).toEqual(["Fleet test", "Machine home", "Service home/web"]);
    expect(find(all, "Service", "home/web").connection).toMatchObject({ address: "10.0.0.7", port: 22, user: "root" });
  });
});

describe("services", () => {
  test("secrets arrive as secrets, planned ones not at all", async () => {
    const all = await deploy([old([web({}), planned(peer({}))])], {}, withOld);
    expect(shown(all)).not.toContain("Service old/peer");
    const { files } = find(all, "Service", "old/web");
    expect(isSecretInput(files)).toBe(true);
    expect(revealed(files)).toEqual({
      "/etc/web.conf": { content: "token=value-of-TOKEN\n", mode: "0600", owner: "root", group: "root" },
    });
  });

  test("references bring addresses, adopted host keys and key pairs, each made once", async () => {
    const all = await deploy([made([peer({})]), old([peer({})])], {}, withOld);
    expect(shown(all).filter((s) => /Key/.test(s))).toEqual([
      "HostKey made-host-key",
      "HostKey old-host-key",
      "KeyPair sync",
    ]);
    expect(revealed(find(all, "Service", "made/peer").files)["/etc/peer"]!.content).toBe(
      "203.0.113.9 public-of-old-host-key private-of-sync",
    );
  });

  test("a token that two hosts share is made once, and is secret on both", async () => {
    const pusher = service("pusher", {
      args: z.object({}),
      render: () => ({ files: { "/etc/pusher": { content: text`${token("push")}`, mode: "0600" } } }),
    });
    const all = await deploy([made([pusher({})]), old([pusher({})])], {}, withOld);
    expect(all.filter((r) => r.type === "fleet:index:Token")).toMatchObject([
      { name: "push", inputs: { name: "push" } },
    ]);
    for (const on of ["made", "old"]) {
      const { files } = find(all, "Service", `${on}/pusher`);
      expect(isSecretInput(files)).toBe(true);
      expect(revealed(files)["/etc/pusher"]!.content).toBe("token-of-push");
    }
  });

  test("the provider is told of NixOS, and of no other system; its options come as they are", async () => {
    const gc = service("gc", {
      args: z.object({}),
      runsOn: { os: ["nixos"] },
      render: () => ({ options: { "nix.gc.automatic": true, "nix.settings.trusted": [text`${addressOf("one")}:1`] } }),
    });
    const all = await deploy(
      [miniPc({ name: "one", os: "nixos", ipv4: "203.0.113.8", services: [gc({})] }), old([web({})])],
      {},
      withOld,
    );
    const { connection: _, ...inputs } = find(all, "Service", "one/gc");
    expect(inputs).toEqual({
      host: "one",
      service: "gc",
      os: "nixos",
      options: { "nix.gc.automatic": true, "nix.settings.trusted": ["203.0.113.8:1"] },
    });
    expect(find(all, "Service", "old/web")).not.toHaveProperty("os");
  });

  test("the one that is depended on is declared first", async () => {
    const all = await deploy([old([web({ after: ["peer"] }), peer({})]), made()], {}, withOld);
    const order = all.filter((r) => r.type === "fleet:host:Service").map((r) => r.name);
    expect(order).toEqual(["old/peer", "old/web"]);
  });
});

describe("zones and edge", () => {
  const zones = [
    zone({
      name: "example.com",
      id: ZONE,
      records: [
        a("@", "203.0.113.1"),
        a("made", addressOf("made"), { proxied: true }),
        cname("www", "example.com", { ttl: 300 }),
        mx("@", "mail.example.com", { priority: 10 }),
        planned(a("later", "203.0.113.2")),
      ],
    }),
  ];

  test("records carry full names, and addresses of machines", async () => {
    const all = await deploy([made()], { zones });
    const records = all
      .filter((r) => r.type === "cloudflare:index/dnsRecord:DnsRecord")
      .map((r) => r.inputs as { type: string; name: string })
      .sort((x, y) => `${x.type} ${x.name}`.localeCompare(`${y.type} ${y.name}`));
    expect(records).toEqual([
      { zoneId: ZONE, name: "example.com", type: "A", content: "203.0.113.1", proxied: false, ttl: 1 },
      { zoneId: ZONE, name: "made.example.com", type: "A", content: "203.0.113.9", proxied: true, ttl: 1 },
      { zoneId: ZONE, name: "www.example.com", type: "CNAME", content: "example.com", proxied: false, ttl: 300 },
      { zoneId: ZONE, name: "example.com", type: "MX", content: "mail.example.com", priority: 10, ttl: 1 },
    ]);
  });

  test("everything at the edge brings its host names", async () => {
    const all = await deploy([], {
      zones: [zone({ name: "example.com", id: ZONE })],
      edge: edge({
        account: ACCOUNT,
        buckets: [bucket({ name: "models", customDomains: ["cdn.example.com"] })],
        kv: [kv({ name: "brain", values: { hello: text`${secret("TOKEN")}` } }), planned(kv({ name: "later" }))],
        workers: [
          worker({
            name: "search",
            script: "w/search.js",
            hostnames: ["search.example.com"],
            routes: [{ pattern: "example.com/api/*", zone: "example.com" }],
            bindings: { BRAIN: { kv: "brain" }, TOKEN: { secret: "TOKEN" } },
          }),
        ],
        pages: [pages({ name: "site", domains: ["example.com"] })],
      }),
    });
    expect(shown(all)).toEqual([
      "DnsRecord example.com CNAME",
      "Edge edge",
      "Fleet test",
      "PagesDomain example.com",
      "PagesProject site",
      "R2Bucket models",
      "R2CustomDomain cdn.example.com",
      "Worker search",
      "WorkersCustomDomain search.example.com",
      "WorkersKv brain/hello",
      "WorkersKvNamespace brain",
      "WorkersRoute example.com/api/*",
      "WorkersScript search",
    ]);
    expect(find(all, "WorkersScript", "search")).toMatchObject({ accountId: ACCOUNT, content: "// w/search.js" });
    expect(isSecretInput(find(all, "WorkersKv", "brain/hello").value)).toBe(true);
  });

  test("a host name outside every zone is refused, with the file to mend", async () => {
    await expect(
      deploy([], {
        edge: edge({ account: ACCOUNT, buckets: [bucket({ name: "models", customDomains: ["cdn.other.org"] })] }),
      }),
    ).rejects.toThrow("cdn.other.org is in none of the zones of stacks/test/fleet.ts");
  });
});
