/**
 * The fleet "tiny" of the scratch checkouts: `old`, a server that is there before the first `up` and is adopted, `new`,
 * a server that the fleet makes, and `pi`, which no cloud knows. Path → text.
 */
export const tinyFleet: Record<string, string> = {
  "stacks/tiny/fleet.ts": `
import { a, txt, zone } from "../../src/model/dns.ts";
import { edge } from "../../src/model/edge.ts";
import { fleet } from "../../src/model/fleet.ts";
import type { Host } from "../../src/model/host.ts";
import { declareSecret } from "../../src/model/secret.ts";
import { addressOf } from "../../src/model/text.ts";

const token = (name: string) =>
  declareSecret({ name, format: { kind: "token", minLength: 24 }, usedBy: ["tiny"], make: "openssl rand -hex 24" });
const ofHosts = (hosts: Host[]) => hosts.filter((h) => h.kind === "hetzner").map((h) => a(h.name, addressOf(h.name)));

export default (hosts: Host[]) => fleet({
  name: "tiny",
  hosts,
  zones: [zone({ name: "tiny.example", id: "7".repeat(32), records: [...ofHosts(hosts), txt("@", "made by fleet")] })],
  edge: edge({ account: "8".repeat(32) }),
  secrets: [token("APP_TOKEN"), token("TURN_SECRET"), token("FILE_SECRET")],
});
`,
  // A service whose whole bundle a host file writes itself.
  "services/custom/index.ts": `
import { z } from "zod";
import type { BundleInput } from "../../src/model/bundle.ts";
import { service } from "../../src/model/service.ts";

export const custom = service("custom", {
  args: z.strictObject({ name: z.string(), bundle: z.custom<BundleInput>() }),
  instance: (a) => a.name,
  render: (a) => a.bundle,
});
`,
  "hosts/tiny/old.ts": `
import { app } from "../../services/app/index.ts";
import { base } from "../../services/base/index.ts";
import { cronJob } from "../../services/cron-job/index.ts";
import { custom } from "../../services/custom/index.ts";
import { secretFile } from "../../services/secret-file/index.ts";
import { secretsDir } from "../../services/secrets-dir/index.ts";
import { hetzner } from "../../src/model/host.ts";
import { daily } from "../../src/model/schedule.ts";
import { secret, text } from "../../src/model/text.ts";
import { web } from "../../stacks/tiny/web.ts";

export default hetzner({
  name: "old", type: "cx33", location: "hel1", os: "debian", ipv4: "203.0.113.10", timeZone: "Europe/Berlin",
  adopt: true,
  roles: ["primary"], publicPorts: ["22/tcp", "80/tcp"],
  services: [
    base({}), secretsDir({}), web(),
    app({
      name: "api", description: "Answers", run: "/opt/tiny/api.py", port: 8200,
      secrets: { APP_TOKEN: secret("APP_TOKEN") },
    }),
    cronJob({ name: "sync", run: "/opt/tiny/sync.py", slots: { night: daily("03:30") } }),
    secretFile({
      name: "credentials", path: "/opt/tiny/credentials", content: text\`key=\${secret("FILE_SECRET")}\\n\`,
    }),
    custom({ name: "worker", bundle: {
      groups: { tinyops: {} },
      users: { worker: { groups: ["tinyops"] } },
      directories: { "/var/lib/worker": { owner: "worker", group: "worker", mode: "0750" } },
      files: { "/etc/worker.conf": { content: "interval=1\\nlevel=info\\n" } },
      units: {
        "worker.service": {
          text: "[Service]\\nUser=worker\\nExecStart=/bin/sleep infinity\\n" +
            "[Install]\\nWantedBy=multi-user.target\\n",
          dropIns: { nice: "[Service]\\nNice=5\\n" },
        },
        "second.service": {
          text: "[Service]\\nExecStart=/bin/sleep infinity\\n[Install]\\nWantedBy=multi-user.target\\n",
        },
      },
      sysctl: { "net.ipv4.ip_forward": "1" },
    } }),
  ],
});
`,
  "stacks/tiny/web.ts": `
import { custom } from "../../services/custom/index.ts";

/** The real nginx on port 80. */
export const web = () => custom({ name: "web", bundle: {
  packages: ["nginx", "curl"],
  files: {
    "/etc/nginx/conf.d/tiny.conf": { content: "server { listen 8080; location / { return 200 'first'; } }\\n" },
  },
  units: { "nginx.service": { onChange: "reload" } },
  validations: [{ command: "nginx -t" }],
  checks: [{ kind: "http", url: "http://127.0.0.1:8080/", within: 3 }],
} });
`,
  "hosts/tiny/new.ts": `
import { app } from "../../services/app/index.ts";
import { base } from "../../services/base/index.ts";
import { certificate } from "../../services/certificate/index.ts";
import { coturn } from "../../services/coturn/index.ts";
import { secretsDir } from "../../services/secrets-dir/index.ts";
import { hetzner } from "../../src/model/host.ts";
import { ports } from "../../src/model/port.ts";
import { secret } from "../../src/model/text.ts";

export default hetzner({
  name: "new", type: "cx23", location: "nbg1", os: "debian", roles: ["relay"],
  publicPorts: ["22/tcp", "3478/udp", "3478/tcp", "5349/tcp", "50000-50100/udp"],
  services: [
    base({}), secretsDir({}),
    certificate({ name: "turn.tiny.example", from: { selfSigned: 30 }, ports: [5349], usedBy: ["coturn"] }),
    coturn({
      realm: "tiny.example", relay: ports(50000, 50100),
      secret: secret("TURN_SECRET"), certificate: "turn.tiny.example",
    }),
    app({ name: "helper", description: "Helps", run: "/opt/tiny/helper.py", port: 8300 }),
  ],
});
`,
  "hosts/tiny/pi.ts": `
import { base } from "../../services/base/index.ts";
import { custom } from "../../services/custom/index.ts";
import { pi } from "../../src/model/host.ts";

export default pi({
  name: "pi", os: "raspberry-pi-os", arch: "amd64", ipv4: "203.0.113.30", roles: ["sensor"],
  services: [base({}), custom({ name: "motd", bundle: { files: { "/etc/motd": { content: "tiny\\n" } } } })],
});
`,
};
