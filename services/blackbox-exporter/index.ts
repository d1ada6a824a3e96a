import { z } from "zod";
import { aptSystems } from "../../src/model/platform.ts";
import { exposureSchema, tcp } from "../../src/model/port.ts";
import { service } from "../../src/model/service.ts";
import { bindAddress } from "../app/bind-address.ts";
import { earlyBind, neededFor, portNumber } from "../listening/index.ts";
import { prometheusProgram } from "../listening/exporter.ts";

const settings = "/etc/prometheus/blackbox.yml";

/** Prometheus' exporter of what a service looks like from another machine: it asks, and tells whether it was answered. */
export const blackboxExporter = service("blackbox-exporter", {
  args: z.strictObject({
    port: portNumber.default(9115),
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
        "prometheus-blackbox-exporter",
        ["/usr/bin/prometheus-blackbox-exporter", `--config.file=${settings}`, `--web.listen-address=${at}`],
        `http://${at}/-/healthy`,
      ),
      files: { [settings]: { content: `${JSON.stringify(modules, null, 2)}\n` } },
      validations: [{ command: `/usr/bin/prometheus-blackbox-exporter --config.check --config.file=${settings}` }],
    };
  },
});

/** `http_2xx`: an answer of 200 to 299. The file is YAML, of which JSON is a part. */
const modules = { modules: { http_2xx: { prober: "http", timeout: "5s", http: { preferred_ip_protocol: "ip4" } } } };
