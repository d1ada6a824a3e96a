import { pi } from "../../src/model/host.ts";
import { cloudflared } from "../../services/cloudflared/index.ts";
import { api, lucidia, website } from "../../stacks/blackroad/containers.ts";
import { common, meshAddress, raspberryPi } from "../../stacks/blackroad/parts.ts";

export default pi({
  name: "pi5-alpha",
  ...raspberryPi,
  model: "Raspberry Pi 5 8GB (quad A76)",
  mesh: meshAddress(1),
  roles: ["gateway", "agents"],
  services: [...common, website, lucidia, api, cloudflared({ tunnel: "pi5-alpha" })],
});
