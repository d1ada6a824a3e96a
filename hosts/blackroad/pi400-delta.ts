import { pi } from "../../src/model/host.ts";
import { prometheus } from "../../services/prometheus/index.ts";
import { grafana, loki } from "../../stacks/blackroad/containers.ts";
import { jobs } from "../../stacks/blackroad/monitoring.ts";
import { common, meshAddress, raspberryPi } from "../../stacks/blackroad/parts.ts";

export default pi({
  name: "pi400-delta",
  ...raspberryPi,
  model: "Raspberry Pi 400 4GB (quad A72)",
  mesh: meshAddress(4),
  roles: ["monitoring"],
  services: [...common, prometheus({ bind: "mesh", interval: "15s", jobs }), grafana, loki],
});
