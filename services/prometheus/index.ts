import { z } from "zod";
import { aptSystems } from "../../src/model/platform.ts";
import { exposureSchema, tcp } from "../../src/model/port.ts";
import { service } from "../../src/model/service.ts";
import { bindAddress } from "../app/bind-address.ts";
import { prometheusProgram } from "../listening/exporter.ts";
import { earlyBind, neededFor, portNumber } from "../listening/index.ts";

const settings = "/etc/prometheus/prometheus.yml";
const target = z.string().regex(/^[a-z0-9.-]+:\d+$/, 'must be a name and a port such as "pi5-alpha:9100"');
const duration = z.templateLiteral([z.int().min(1), z.enum(["s", "m", "h", "d"])], 'must be a time such as "15s"');

const jobSchema = z.union([
  z.strictObject({
    name: z.string().min(1),
    targets: z.array(target).min(1),
    path: z.string().startsWith("/").default("/metrics"),
  }),
  /** URLs that a blackbox exporter asks: whether each is answered. */
  z.strictObject({ name: z.string().min(1), urls: z.array(z.url()).min(1), by: target }),
]);
type Job = z.output<typeof jobSchema>;

/** Prometheus, from the distribution's package. Its jobs are all that it looks at. */
export const prometheus = service("prometheus", {
  args: z.strictObject({
    port: portNumber.default(9090),
    bind: exposureSchema.exclude(["public"]).default("loopback"),
    interval: duration.default("15s"),
    /** How long it remembers. */
    retention: duration.default("15d"),
    jobs: z
      .array(jobSchema)
      .min(1)
      .refine((jobs) => new Set(jobs.map(({ name }) => name)).size === jobs.length, "two jobs have the same name"),
  }),
  runsOn: { os: aptSystems },
  dependsOn: (a) => neededFor([a.bind]),
  ports: (a) => [tcp(a.port, a.bind)],
  render: (a, host) => {
    const at = `${bindAddress(host, a.bind)}:${a.port}`;
    const program = prometheusProgram("prometheus", command(at, a.retention), `http://${at}/-/ready`);
    return {
      ...earlyBind([a.bind]),
      ...program,
      files: { [settings]: { content: prometheusYml(a.interval, a.jobs) } },
      units: { "prometheus.service": { ...program.units["prometheus.service"], onChange: "reload" } },
      validations: [{ command: `promtool check config ${settings}` }],
    };
  },
});

const command = (at: string, retention: string): [string, ...string[]] => [
  "/usr/bin/prometheus",
  `--config.file=${settings}`,
  "--storage.tsdb.path=/var/lib/prometheus/metrics2/",
  `--storage.tsdb.retention.time=${retention}`,
  `--web.listen-address=${at}`,
];

/** The file is YAML, of which JSON is a part. */
const prometheusYml = (interval: string, jobs: readonly Job[]): string =>
  `${JSON.stringify({ global: { scrape_interval: interval }, scrape_configs: jobs.map(scrape) }, null, 2)}\n`;

const scrape = (job: Job) =>
  "targets" in job
    ? { job_name: job.name, metrics_path: job.path, static_configs: [{ targets: job.targets }] }
    : {
        job_name: job.name,
        metrics_path: "/probe",
        params: { module: ["http_2xx"] },
        static_configs: [{ targets: job.urls }],
        relabel_configs: [
          { source_labels: ["__address__"], target_label: "__param_target" },
          { source_labels: ["__param_target"], target_label: "instance" },
          { target_label: "__address__", replacement: job.by },
        ],
      };
