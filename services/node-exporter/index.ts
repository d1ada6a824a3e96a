import { z } from "zod";
import { aptSystems } from "../../src/model/platform.ts";
import { exposureSchema, tcp } from "../../src/model/port.ts";
import { service } from "../../src/model/service.ts";
import { bindAddress } from "../app/bind-address.ts";
import { earlyBind, neededFor, portNumber } from "../listening/index.ts";
import { prometheusProgram } from "../listening/exporter.ts";

/** Prometheus' exporter of what a machine does: processors, memory, disks, network. */
export const nodeExporter = service("node-exporter", {
  args: z.strictObject({
    port: portNumber.default(9100),
    bind: exposureSchema.exclude(["public"]).default("loopback"),
  }),
  runsOn: { os: aptSystems },
  dependsOn: (a) => neededFor([a.bind]),
  ports: (a) => [tcp(a.port, a.bind)],
  render: (a, host) => {
    const at = `${bindAddress(host, a.bind)}:${a.port}`;
    return {
      ...earlyBind([a.bind]),
      ...prometheusProgram(
        "prometheus-node-exporter",
        ["/usr/bin/prometheus-node-exporter", `--web.listen-address=${at}`],
        `http://${at}/metrics`,
      ),
    };
  },
});
