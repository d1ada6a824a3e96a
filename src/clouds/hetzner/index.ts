import { isActive } from "../../model/status.ts";
import { apisOf } from "../apis.ts";
import type { Vendor } from "../kind.ts";
import { HetznerClient } from "./client.ts";
import { firewall } from "./firewall/index.ts";
import { floatingIp } from "./floating-ip/index.ts";
import { network } from "./network/index.ts";
import { primaryIp } from "./primary-ip/index.ts";
import { server } from "./server/index.ts";
import { sshKey } from "./ssh-key/index.ts";
import { volume } from "./volume/index.ts";

/** Hetzner Cloud: a fleet has one project there, which its token says. */
export const hetzner: Vendor = {
  kinds: [server, firewall, volume, primaryIp, floatingIp, sshKey, network],
  places(fleet, state, env) {
    const isUsed =
      fleet.hosts.some((host) => host.kind === "hetzner" && isActive(host)) ||
      state.some(({ type }) => type.startsWith("hcloud:"));
    const api = apisOf(env).hcloud;
    return isUsed
      ? [
          {
            name: "Hetzner Cloud",
            ...(!api.token && { missing: "HCLOUD_TOKEN" }),
            client: new HetznerClient(api),
            has: () => true,
          },
        ]
      : [];
  },
};
