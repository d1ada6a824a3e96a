/** The host file of a spoke of the fleet "mesh". */
export const spokeFile = (name: string, last: number): string => `
import { vps } from "../../src/model/host.ts";

export default vps({ name: "${name}", os: "debian", ipv4: "203.0.113.${last}", mesh: "10.84.0.${last}" });
`;

/** The fleet "mesh" of the scratch checkouts: a hub and two spokes, with nothing on them but WireGuard. Path → text. */
export const meshFleet: Record<string, string> = {
  "stacks/mesh/fleet.ts": `
import { fleet } from "../../src/model/fleet.ts";
import type { Host } from "../../src/model/host.ts";

export default (hosts: Host[]) =>
  fleet({ name: "mesh", hosts, mesh: { type: "wireguard", network: "10.84.0.0/24", hub: "hub" } });
`,
  "hosts/mesh/hub.ts": `
import { vps } from "../../src/model/host.ts";

export default vps({
  name: "hub", os: "debian", ipv4: "203.0.113.1", mesh: "10.84.0.1", publicPorts: ["22/tcp", "51820/udp"],
});
`,
  "hosts/mesh/ada.ts": spokeFile("ada", 2),
  "hosts/mesh/bob.ts": spokeFile("bob", 3),
};
