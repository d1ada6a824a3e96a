import { z } from "zod";
import { aptSystems } from "../../src/model/platform.ts";
import { service } from "../../src/model/service.ts";
import { refSchema, text } from "../../src/model/text.ts";
import { systemdUnit } from "../../src/render/systemd.ts";
import {
  addressesAt,
  afterNetworks,
  earlyBind,
  listenSchema,
  neededFor,
  portNumber,
  portsAt,
} from "../listening/index.ts";

const folder = "/etc/redis";
const passwordFile = `${folder}/fleet-password.conf`;

/** Redis, from the distribution's package, as a cache: what does not fit is forgotten, the least used first. */
export const redis = service("redis", {
  args: z.strictObject({
    port: portNumber.default(6379),
    listen: listenSchema.default(["loopback"]),
    /** Whoever asks has to know it. */
    password: refSchema.refine((r) => r.ref === "secret", 'must be secret("NAME")'),
    /** Above this it forgets: "256mb". */
    maxMemory: z.templateLiteral([z.int().min(1), z.enum(["mb", "gb"])], 'must be a size such as "256mb"'),
  }),
  runsOn: { os: aptSystems },
  dependsOn: (a) => neededFor(a.listen),
  ports: (a) => portsAt(a.port, a.listen),
  render: (a, host) => {
    const own = { owner: "redis", group: "redis", mode: "0640" };
    const addresses = addressesAt(host, a.listen);
    return {
      packages: ["redis-server"],
      ...earlyBind(a.listen),
      files: {
        [`${folder}/redis.conf`]: { content: redisConf(addresses, a.port, a.maxMemory), ...own },
        [passwordFile]: { content: text`requirepass ${a.password}\n`, ...own },
      },
      units: { "redis-server.service": { dropIns: { fleet: afterMesh } } },
      checks: addresses.map((address) => ({ kind: "command", command: answers(address, a.port) })),
    };
  },
});

const redisConf = (addresses: readonly string[], port: number, maxMemory: string): string =>
  `# Written by fleet (services/redis).
bind ${addresses.join(" ")}
port ${port}
include ${passwordFile}
maxmemory ${maxMemory}
maxmemory-policy allkeys-lru
dir /var/lib/redis
save ""
logfile ""
`;

/** The password goes by the environment, which only root sees. */
const answers = (address: string, port: number): string =>
  `REDISCLI_AUTH=$(sed -n 's/^requirepass //p' ${passwordFile}) redis-cli -h ${address} -p ${port} ping | grep -qx PONG`;

const afterMesh = systemdUnit({ Unit: afterNetworks });
