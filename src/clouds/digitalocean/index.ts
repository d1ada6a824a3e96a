import { isActive } from "../../model/status.ts";
import { apisOf } from "../apis.ts";
import type { Vendor } from "../kind.ts";
import { DigitalOceanClient } from "./client.ts";
import { domain } from "./domain/index.ts";
import { droplet } from "./droplet/index.ts";
import { firewall } from "./firewall/index.ts";
import { image } from "./image/index.ts";
import { project } from "./project/index.ts";
import { reservedIp } from "./reserved-ip/index.ts";
import { snapshot } from "./snapshot/index.ts";
import { sshKey } from "./ssh-key/index.ts";
import { tag } from "./tag/index.ts";
import { volume } from "./volume/index.ts";
import { vpc } from "./vpc/index.ts";

/** DigitalOcean: a fleet has one account there, which its token says. */
export const digitalocean: Vendor = {
  kinds: [tag, firewall, droplet, volume, snapshot, image, reservedIp, vpc, sshKey, domain, project],
  places(fleet, state, env) {
    const isUsed =
      fleet.hosts.some((host) => host.kind === "digitalocean" && isActive(host)) ||
      state.some(({ type }) => type.startsWith("digitalocean:"));
    const api = apisOf(env).digitalocean;
    return isUsed
      ? [
          {
            name: "DigitalOcean",
            ...(!api.token && { missing: "DIGITALOCEAN_TOKEN" }),
            client: new DigitalOceanClient(api),
            has: () => true,
          },
        ]
      : [];
  },
};
