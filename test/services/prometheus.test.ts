import { describe, expect, test } from "vitest";
import { blackboxExporter } from "../../services/blackbox-exporter/index.ts";
import { nodeExporter } from "../../services/node-exporter/index.ts";
import { prometheus } from "../../services/prometheus/index.ts";
import { fileText, host, show } from "./render.ts";

const pi = host({ release: 13, addresses: { mesh: "100.64.0.4" } });

describe("prometheus", () => {
  const service = prometheus({
    bind: "mesh",
    jobs: [
      { name: "machines", targets: ["pi5-alpha:9100"] },
      { name: "health", urls: ["http://api:8000/health"], by: "pi0:9115" },
    ],
  });
  test("its jobs are what it looks at, every 15 s", () => {
    expect(JSON.parse(fileText(service, "/etc/prometheus/prometheus.yml", pi))).toEqual({
      global: { scrape_interval: "15s" },
      scrape_configs: [
        { job_name: "machines", metrics_path: "/metrics", static_configs: [{ targets: ["pi5-alpha:9100"] }] },
        {
          job_name: "health",
          metrics_path: "/probe",
          params: { module: ["http_2xx"] },
          static_configs: [{ targets: ["http://api:8000/health"] }],
          relabel_configs: [
            { source_labels: ["__address__"], target_label: "__param_target" },
            { source_labels: ["__param_target"], target_label: "instance" },
            { target_label: "__address__", replacement: "pi0:9115" },
          ],
        },
      ],
    });
  });
  test("other jobs are read without a restart", () => {
    expect(service.render(pi).units["prometheus.service"]).toMatchObject({ onChange: "reload" });
    expect(service.render(pi).validations).toEqual([
      { command: "promtool check config /etc/prometheus/prometheus.yml" },
    ]);
  });
  test("two jobs of one name are refused", () => {
    const job = { name: "a", targets: ["a:1"] };
    expect(() => prometheus({ jobs: [job, job] })).toThrow("two jobs have the same name");
  });
});

test.each([
  ["prometheus", prometheus({ bind: "mesh", jobs: [{ name: "a", targets: ["a:1"] }] }), 9090, "/-/ready"],
  ["prometheus-node-exporter", nodeExporter({ bind: "mesh" }), 9100, "/metrics"],
  ["prometheus-blackbox-exporter", blackboxExporter({ bind: "mesh" }), 9115, "/-/healthy"],
])("%s is Debian's, listens on the mesh alone and is asked there", (name, service, port, path) => {
  const { packages, units, checks, sysctl } = service.render(pi);
  expect(packages).toEqual([name]);
  expect(show(units[`${name}.service`]!.dropIns.fleet)).toMatch(
    new RegExp(`\\nExecStart=\\nExecStart=/usr/bin/${name} .*--web.listen-address=100\\.64\\.0\\.4:${port}`),
  );
  expect(checks).toMatchObject([{ kind: "http", url: `http://100.64.0.4:${port}${path}` }]);
  expect(sysctl).toEqual({ "net.ipv4.ip_nonlocal_bind": "1" });
});
