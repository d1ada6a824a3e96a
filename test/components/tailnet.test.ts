import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { DeployedFleet } from "../../src/components/fleet/fleet.ts";
import { fleet } from "../../src/model/fleet.ts";
import { mac, pi, vps, type Host } from "../../src/model/host.ts";
import { isSecretInput, register, revealed } from "./mocks.ts";

const deploy = (hosts: Host[], mesh: object | null = {}) => {
  const args = {
    fleet: fleet({
      name: "test",
      hosts,
      ...(mesh && { mesh: { type: "tailscale", tailnet: "tail1234.ts.net", ...mesh } }),
    }),
    secrets: () => pulumi.secret(""),
    view: { existing: {}, adopt: [], asFound: false },
    operatorKeys: [],
    standIns: false,
    scriptOf: () => "",
  };
  return register(() => void new DeployedFleet("test", args));
};
const shown = (all: Awaited<ReturnType<typeof deploy>>) =>
  all
    .map(({ type, name }) => `${type.split(":").slice(1).join(":")} ${name}`)
    .filter((s) => !/Fleet|Machine/.test(s))
    .sort();

const alpha = pi({ name: "alpha", os: "debian", roles: ["web", "agent_pool"] });
const rented = vps({ name: "rented", os: "debian", ipv4: "203.0.113.7" });

test("a tailnet is a policy, and for each host a key that lets in one device, and its service", async () => {
  const all = await deploy([alpha, rented, mac({ name: "desk" })]);
  expect(shown(all)).toEqual([
    "host:Service alpha/tailscale",
    "host:Service rented/tailscale",
    "index/acl:Acl tailnet-policy",
    "index/tailnetKey:TailnetKey alpha-tailnet-key",
    "index/tailnetKey:TailnetKey rented-tailnet-key",
    "tailscale:Tailnet tailnet",
  ]);
  expect(all.find((r) => r.name === "alpha-tailnet-key")!.inputs).toEqual({
    description: "alpha",
    ephemeral: false,
    expiry: 3600,
    preauthorized: true,
    reusable: false,
    tags: ["tag:agent-pool", "tag:web"],
  });
  expect(all.find((r) => r.name === "tailnet-policy")!.inputs.acl).toContain('"tag:web": ["autogroup:admin"]');
});

test("the key is secret, and a host without any address is reached by its MagicDNS name", async () => {
  const all = await deploy([alpha, rented]);
  const inputs = (name: string) => all.find((r) => r.name === name)!.inputs as Record<string, Record<string, unknown>>;
  const { files } = inputs("alpha/tailscale");
  expect(isSecretInput(files)).toBe(true);
  expect(revealed(files)["/etc/fleet/tailscale.key"]).toMatchObject({
    content: "key-of-alpha-tailnet-key\n",
    mode: "0600",
  });
  expect(inputs("alpha/tailscale").connection!.address).toBe("alpha.tail1234.ts.net");
  expect(inputs("rented/tailscale").connection!.address).toBe("203.0.113.7");
});

test.each([
  ["without a mesh", null],
  ["in one that is only planned", { status: "planned" }],
])("nothing of it %s", async (_, mesh) => expect(shown(await deploy([rented], mesh))).toEqual([]));
