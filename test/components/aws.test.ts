import * as pulumi from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import type { CloudView } from "../../src/clouds/view.ts";
import { firstBoot, firstBootScript } from "../../src/components/aws/first-boot.ts";
import { AwsInstance } from "../../src/components/aws/instance.ts";
import { Declarations } from "../../src/components/clouds/declarations.ts";
import { HostKey } from "../../src/components/ssh/keys.ts";
import { fleet } from "../../src/model/fleet.ts";
import { aws, type AwsHost } from "../../src/model/host.ts";
import { labelsOf } from "../../src/model/labels.ts";
import { isSecretInput, register, revealed, type Registered } from "./mocks.ts";

const london = (more: Partial<Omit<Parameters<typeof aws>[0], "os" | "release">> = {}): AwsHost =>
  aws({
    name: "london",
    type: "t4g.nano",
    region: "eu-west-2",
    os: "nixos",
    mesh: "10.84.0.7",
    roles: ["spoke"],
    publicPorts: ["80/tcp", "443/tcp"],
    ...more,
  });
const KEYS = ["ecdsa-sha2-nistp256 AAAA first", "ssh-ed25519 AAAA second"];

let made: AwsInstance;
const declare = (
  host: AwsHost,
  {
    operatorKeys = KEYS,
    sshFrom,
    view = { existing: {}, adopt: [], asFound: false },
  }: { operatorKeys?: string[]; sshFrom?: string; view?: CloudView } = {},
): Promise<Registered[]> =>
  register(() => {
    let hostKey: HostKey;
    const clouds = new Declarations({
      fleet: fleet({ name: "test", hosts: [host] }),
      view,
      root: new pulumi.ComponentResource("test:index:Root", "root"),
      values: {
        address: () => "",
        text: () => "",
        script: () => "",
        userData: () => firstBoot({ hostKey, operatorKeys }),
        image: () => "ami-0abc",
        operatorKeys,
        sshFrom: () => sshFrom,
      },
    });
    const hostKeyIn = (parent: pulumi.Resource) =>
      (hostKey = new HostKey(`${host.name}-host-key`, { host: host.name, adopt: false }, { parent }));
    made = new AwsInstance(host.name, { host, labels: labelsOf("test", host), clouds, hostKeyIn });
  }).then((all) => all.filter(({ type }) => type !== "test:index:Root"));
const find = (all: Registered[], type: string) => all.find((r) => r.type.endsWith(`:${type}`))!;
const known = <T>(output: pulumi.Input<T>) =>
  new Promise<T>((resolve) => pulumi.output(output).apply((value) => resolve(value as T)));

describe("an instance that the fleet makes", () => {
  test("is these resources, all by its region's provider", async () => {
    const all = await declare(london());
    expect(all.map(({ type, name, provider }) => `${type} ${name}${provider ? ` by ${provider}` : ""}`).sort()).toEqual(
      [
        "aws:ec2/eip:Eip london-address by london-region",
        "aws:ec2/eipAssociation:EipAssociation london-association by london-region",
        "aws:ec2/instance:Instance london by london-region",
        "aws:ec2/keyPair:KeyPair london-key by london-region",
        "aws:ec2/securityGroup:SecurityGroup london-firewall by london-region",
        "aws:ec2transitgateway/instanceState:InstanceState london-running by london-region",
        "fleet:aws:Instance london",
        "fleet:ssh:HostKey london-host-key",
        "pulumi:providers:aws london-region",
      ],
    );
  });

  test("is tagged, all of it", async () => {
    const all = await declare(london());
    expect(find(all, "aws").inputs).toMatchObject({
      region: "eu-west-2",
      defaultTags: JSON.stringify({ tags: { fleet: "test", role: "spoke", "managed-by": "fleet" } }),
    });
    const tags = { Name: "london", host: "london" };
    for (const type of ["KeyPair", "SecurityGroup", "Instance", "Eip"])
      expect(
        all.filter((r) => r.type.startsWith("aws:ec2/")).find((r) => r.type.endsWith(`:${type}`))!.inputs,
      ).toMatchObject({ tags });
  });

  test("has a pinned image, an encrypted disk, IMDSv2 only, standard credits and a secret first boot", async () => {
    const { userData, ...inputs } = find(
      (await declare(london())).filter((r) => r.type.startsWith("aws:")),
      "Instance",
    ).inputs;
    const tags = { Name: "london", host: "london" };
    expect(inputs).toEqual({
      ami: "ami-0abc",
      instanceType: "t4g.nano",
      tags,
      keyName: "test-london",
      vpcSecurityGroupIds: ["london-firewall-id"],
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required" },
      rootBlockDevice: { encrypted: true, volumeType: "gp3", volumeSize: 10, tags },
      creditSpecification: { cpuCredits: "standard" },
    });
    expect(isSecretInput(userData)).toBe(true);
    expect(revealed(userData)).toBe(
      firstBootScript({
        privateKey: "private-of-london-host-key",
        publicKey: "public-of-london-host-key",
        operatorKeys: KEYS,
      }),
    );
  });

  test("has the first key that EC2 takes, and is refused without one", async () => {
    expect(find(await declare(london()), "KeyPair").inputs).toMatchObject({
      keyName: "test-london",
      publicKey: KEYS[1],
    });
    await expect(declare(london(), { operatorKeys: [KEYS[0]!] })).rejects.toThrow(
      "host london would be made without a key that may log in",
    );
  });

  const anywhere = { cidrBlocks: ["0.0.0.0/0"], ipv6CidrBlocks: ["::/0"] };
  const web = [80, 443].map((port) => ({
    description: `${port}/tcp`,
    protocol: "tcp",
    fromPort: port,
    toPort: port,
    ...anywhere,
  }));
  const ssh = {
    description: "first boot, from the hub",
    protocol: "tcp",
    fromPort: 22,
    toPort: 22,
    cidrBlocks: ["203.0.113.1/32"],
  };
  test.each<[string, Partial<Omit<Parameters<typeof aws>[0], "os" | "release">>, string | undefined, object[]]>([
    ["nothing that nobody asked for", { publicPorts: [] }, undefined, []],
    ["its public ports and never SSH", {}, undefined, web],
    [
      "a range",
      { publicPorts: ["5000-5009/udp"] },
      undefined,
      [{ description: "5000-5009/udp", protocol: "udp", fromPort: 5000, toPort: 5009, ...anywhere }],
    ],
    ["SSH from its hub alone until it has joined its mesh", {}, "203.0.113.1/32", [...web, ssh]],
  ])("lets in %s", async (_, host, sshFrom, ingress) => {
    expect(find(await declare(london(host), { sshFrom }), "SecurityGroup").inputs).toMatchObject({
      name: "test-london",
      description: "london: what may come in",
      ingress,
      egress: [{ protocol: "-1", fromPort: 0, toPort: 0, ...anywhere }],
    });
  });

  test("is reached at the address that stays, by the key that was made for it", async () => {
    await declare(london({ user: "admin", sshPort: 2222 }));
    expect(await known(made.connection)).toEqual({
      address: "203.0.113.10",
      port: 2222,
      user: "admin",
      jump: undefined,
      hostKey: "public-of-london-host-key",
      bootSeconds: 300,
      machine: "aws:eu-west-2/london-id",
      account: "aws:123456789012",
    });
  });
});

describe("an adopted instance", () => {
  const there = { view: { existing: { "aws/instance/london": "i-0abc" }, adopt: [], asFound: false } };
  test("is imported, without anything that is made before a first boot", async () => {
    const all = await declare(london({ adopt: true }), there);
    expect(all.map(({ type }) => type.split(":").at(-1)!).sort()).toEqual([
      "Instance",
      "Instance",
      "InstanceState",
      "aws",
    ]);
    expect(
      find(
        all.filter((r) => r.type.startsWith("aws:")),
        "Instance",
      ).inputs,
    ).toEqual({ ami: "ami-0abc", instanceType: "t4g.nano", tags: { Name: "london", host: "london" } });
    expect(made.hostKey).toBeUndefined();
  });

  test("that nobody knows is refused, never made", async () => {
    await expect(declare(london({ adopt: true }))).rejects.toThrow(
      "adopt: true, but there is no instance of that name at its provider",
    );
  });
});

test("the first boot happens once, and shows no key to others", () => {
  const script = firstBootScript({ privateKey: "PRIVATE\n", publicKey: "ssh-ed25519 AAAA", operatorKeys: KEYS });
  expect(script.startsWith("#!/bin/sh\n")).toBe(true);
  expect(script).toContain('[ ! -e "$done" ] || exit 0\numask 077\n');
  expect(script).toContain(`authorized_keys <<'END'\n${KEYS.join("\n")}\nEND\n`);
});
