import { pi } from "../../src/model/host.ts";
import { agentPoolApi } from "../../stacks/blackroad/containers.ts";
import { common, meshAddress, raspberryPi } from "../../stacks/blackroad/parts.ts";

export default pi({
  name: "pi5-beta",
  ...raspberryPi,
  model: "Raspberry Pi 5 8GB (quad A76)",
  mesh: meshAddress(2),
  roles: ["agents"],
  services: [...common, agentPoolApi],
});
