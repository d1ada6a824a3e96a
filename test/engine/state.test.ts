import { expect, test } from "vitest";
import { connectionsIn } from "../../src/deploy/connections-in-state.ts";
import { hostsByUrn, type StateResource } from "../../src/engine/state.ts";

const urn = (type: string, name: string) => `urn:pulumi:s::fleet::fleet:index:Fleet$${type}::${name}`;
const resource = (type: string, name: string, more: Partial<StateResource> = {}): StateResource => ({
  urn: urn(type, name),
  type,
  ...more,
});
const machine = resource("fleet:aws:Instance", "tokyo");

test.each(["fleet:hetzner:Server", "fleet:digitalocean:Droplet", "fleet:aws:Instance", "fleet:static:Machine"])(
  "what belongs to a host hangs below its %s, or is its key in the mesh",
  (type) => {
    const machine = resource(type, "tokyo");
    const resources = [
      machine,
      resource("aws:ec2/eip:Eip", "tokyo", { parent: machine.urn }),
      resource("fleet:host:Service", "tokyo/base", { parent: machine.urn }),
      resource("fleet:mesh:WireGuard", "mesh"),
      resource("fleet:mesh:Key", "tokyo-mesh-key", {
        parent: urn("fleet:mesh:WireGuard", "mesh"),
        inputs: { host: "tokyo" },
      }),
      resource("cloudflare:index/dnsRecord:DnsRecord", "tokyo.example.com A"),
    ];
    expect([...hostsByUrn(resources)].map(([key, host]) => `${key.split("::").at(-1)} ${host}`)).toEqual([
      "tokyo tokyo",
      "tokyo tokyo",
      "tokyo/base tokyo",
      "tokyo-mesh-key tokyo",
    ]);
  },
);

test("a host is reached as its services were, not as a key that was made before it", () => {
  const connection = { address: "10.84.0.22", jump: "zurich" };
  const state = [
    machine,
    resource("fleet:ssh:HostKey", "tokyo-host-key", { inputs: { host: "tokyo", connection: {} } }),
    resource("fleet:host:Service", "tokyo/base", { inputs: { host: "tokyo", connection } }),
  ];
  expect(Object.fromEntries(connectionsIn(state))).toEqual({ tokyo: connection });
  expect(connectionsIn([machine]).size).toBe(0);
});
