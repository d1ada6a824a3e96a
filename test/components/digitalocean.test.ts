import * as pulumi from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import type { CloudView } from "../../src/clouds/view.ts";
import { DeployedFleet } from "../../src/components/fleet/fleet.ts";
import { fleet } from "../../src/model/fleet.ts";
import { digitalocean, type DigitalOceanHost } from "../../src/model/host.ts";
import { service } from "../../src/model/service.ts";
import { z } from "zod";
import { isSecretInput, register, revealed, type Registered } from "./mocks.ts";

const NOTHING: CloudView = { existing: {}, adopt: [], asFound: false };
const KEYS = ["ssh-ed25519 AAAA operator"];
const motd = service("motd", {
  args: z.object({}),
  render: () => ({ files: { "/etc/motd": { content: "hello\n" } } }),
});
const spare = (more: Partial<Parameters<typeof digitalocean>[0]> = {}): DigitalOceanHost =>
  digitalocean({
    name: "spare",
    size: "s-1vcpu-1gb",
    region: "nyc3",
    os: "debian",
    roles: ["standby"],
    publicPorts: ["443/tcp", "50000-50100/udp"],
    ...more,
  });
const declare = (host: DigitalOceanHost, { view = NOTHING, operatorKeys = KEYS } = {}): Promise<Registered[]> =>
  register(
    () =>
      void new DeployedFleet("test", {
        fleet: fleet({ name: "test", hosts: [host] }),
        secrets: (name) => pulumi.secret(`value-of-${name}`),
        view,
        operatorKeys,
        standIns: false,
        scriptOf: (path) => `// ${path}`,
      }),
  );
const shown = (all: Registered[]) => all.map(({ type, name }) => `${type} ${name}`).sort();
const inputsOf = (all: Registered[], type: string) =>
  all.find((each) => each.type === `digitalocean:index/${type}`)!.inputs;
const anywhere = ["0.0.0.0/0", "::/0"];

describe("a droplet that the fleet makes", () => {
  test("is these resources", async () =>
    expect(shown(await declare(spare()))).toEqual([
      "digitalocean:index/droplet:Droplet spare",
      "digitalocean:index/firewall:Firewall spare-firewall",
      "digitalocean:index/tag:Tag spare-tag",
      "fleet:digitalocean:Droplet spare",
      "fleet:index:Fleet test",
      "fleet:ssh:HostKey spare-host-key",
    ]));

  test("is tagged, behind its firewall from its first moment, and boots with its host key as a secret", async () => {
    const all = await declare(spare());
    const { userData, ...inputs } = inputsOf(all, "droplet:Droplet");
    expect(inputs).toEqual({
      name: "spare",
      size: "s-1vcpu-1gb",
      region: "nyc3",
      image: "debian-13-x64",
      tags: ["fleet:test", "host:spare", "role:standby", "managed-by:fleet", "firewall:test:spare"],
    });
    expect(isSecretInput(userData)).toBe(true);
    expect(revealed(userData)).toContain("private-of-spare-host-key");
    expect(revealed(userData)).toContain(KEYS[0]);
    expect(inputsOf(all, "tag:Tag")).toEqual({ name: "firewall:test:spare" });
    const made = all.filter(({ type }) => type.startsWith("digitalocean:")).map(({ name }) => name);
    expect(made).toEqual(["spare-tag", "spare-firewall", "spare"]);
  });

  test.each<[string, Partial<Parameters<typeof digitalocean>[0]>, string[]]>([
    ["SSH alone", { publicPorts: [] }, ["tcp 22"]],
    ["its public ports and SSH", {}, ["tcp 22", "tcp 443", "udp 50000-50100"]],
    ["SSH once", { publicPorts: ["22/tcp", "443/tcp"] }, ["tcp 22", "tcp 443"]],
    ["SSH where its file says", { publicPorts: [], sshPort: 2222 }, ["tcp 2222"]],
  ])("lets in %s, and everything out", async (_, more, open) => {
    expect(inputsOf(await declare(spare(more)), "firewall:Firewall")).toEqual({
      name: "test-spare",
      tags: ["firewall:test:spare"],
      inboundRules: open.map((each) => {
        const [protocol, portRange] = each.split(" ");
        return { protocol, portRange, sourceAddresses: anywhere };
      }),
      outboundRules: [
        { protocol: "tcp", portRange: "all", destinationAddresses: anywhere },
        { protocol: "udp", portRange: "all", destinationAddresses: anywhere },
        { protocol: "icmp", destinationAddresses: anywhere },
      ],
    });
  });

  test.each([
    ["debian", {}, "debian-13-x64"],
    ["an older debian", { release: 12 }, "debian-12-x64"],
    ["ubuntu", { os: "ubuntu" }, "ubuntu-24-04-x64"],
    ["what its file says", { image: "debian-12-x64" }, "debian-12-x64"],
  ] as const)("is made from the image of %s", async (_, more, image) =>
    expect(inputsOf(await declare(spare(more)), "droplet:Droplet")).toMatchObject({ image }),
  );

  test("is reached at its own address, by its own key, and tells of which account it is", async () => {
    const all = await declare(spare({ services: [motd({})], sshPort: 2222 }));
    expect(all.find(({ name }) => name === "spare/motd")!.inputs.connection).toMatchObject({
      address: "203.0.113.9",
      port: 2222,
      hostKey: "public-of-spare-host-key",
      bootSeconds: 180,
      machine: "digitalocean:droplet/spare-id",
      account: "digitalocean:firewall/spare-firewall-id",
    });
  });

  test("is refused when nobody could log in to it, and left out while it is planned", async () => {
    await expect(declare(spare(), { operatorKeys: [] })).rejects.toThrow(
      "host spare would be made without a key that may log in",
    );
    expect(shown(await declare(spare({ status: "planned" })))).toEqual(["fleet:index:Fleet test"]);
  });
});

describe("an adopted droplet", () => {
  const old = spare({ adopt: true, ipv4: "203.0.113.7", services: [motd({})] });

  test("is only imported: no key, no firewall, no tag of its own, no user data", async () => {
    const view = { ...NOTHING, existing: { "digitalocean/droplet/spare": "42" } };
    const all = await declare(old, { view });
    expect(shown(all)).toEqual([
      "digitalocean:index/droplet:Droplet spare",
      "fleet:digitalocean:Droplet spare",
      "fleet:host:Service spare/motd",
      "fleet:index:Fleet test",
    ]);
    expect(inputsOf(all, "droplet:Droplet")).toEqual({
      name: "spare",
      size: "s-1vcpu-1gb",
      region: "nyc3",
      image: "debian-13-x64",
      tags: ["fleet:test", "host:spare", "role:standby", "managed-by:fleet"],
    });
    const { connection } = all.find(({ name }) => name === "spare/motd")!.inputs;
    expect(connection).toMatchObject({ machine: "digitalocean:droplet/42", bootSeconds: 0 });
    expect(connection).not.toHaveProperty("account");
  });

  test("that nobody knows is refused, never made", async () =>
    expect(declare(old)).rejects.toThrow("adopt: true, but there is no droplet of that name at its provider"));
});
