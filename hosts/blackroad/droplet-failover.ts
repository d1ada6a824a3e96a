import { assumed } from "../../src/model/assumed.ts";
import { digitalocean } from "../../src/model/host.ts";
import { cloudflared } from "../../services/cloudflared/index.ts";
import { failoverPage } from "../../stacks/blackroad/containers.ts";
import { common, meshAddress } from "../../stacks/blackroad/parts.ts";

export default digitalocean({
  name: "droplet-failover",
  size: "s-1vcpu-1gb",
  region: assumed("nyc3", "the document names no region"),
  os: assumed<"debian">("debian", "the document names no system"),
  user: assumed("root", "the document's path /home/user is a placeholder: DigitalOcean's images let in root"),
  mesh: meshAddress(100),
  roles: ["failover", "jump"],
  monthlyCost: { usd: 6 },
  publicPorts: assumed(["22/tcp"], "it is the way in when the house's network is gone; the document gives no rule"),
  services: [...common, failoverPage, cloudflared({ tunnel: "droplet-failover" })],
});
