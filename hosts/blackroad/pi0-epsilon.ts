import { pi } from "../../src/model/host.ts";
import { blackboxExporter } from "../../services/blackbox-exporter/index.ts";
import { common, meshAddress, raspberryPi } from "../../stacks/blackroad/parts.ts";

export default pi({
  name: "pi0-epsilon",
  ...raspberryPi,
  model: "Raspberry Pi Zero 512MB (single A53)",
  mesh: meshAddress(5),
  roles: ["health-checks"],
  note: "512 MB: health checks and nothing else",
  services: [...common, blackboxExporter({ bind: "mesh" })],
});
