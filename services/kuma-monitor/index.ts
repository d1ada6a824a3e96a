import { z } from "zod";
import { hostNameSchema } from "../../src/model/host-schema.ts";
import { service } from "../../src/model/service.ts";
import { text } from "../../src/model/text.ts";
import { pushToken } from "../heartbeat/push.ts";
import { secretPath } from "../secrets-dir/index.ts";
import { KEEPER } from "../uptime-kuma/paths.ts";

/** The monitor of one node in Uptime Kuma on this host, and whom it alerts. */
export const kumaMonitor = service("kuma-monitor", {
  args: z.strictObject({
    node: hostNameSchema,
    /** Seconds without a heartbeat after which the node counts as down. */
    silence: z.int().min(20).max(86400),
    /** The notification of services/uptime-kuma that it sends. */
    notification: z.string(),
  }),
  instance: (a) => `kuma-monitor-${a.node}`,
  dependsOn: () => ["uptime-kuma", "secrets-dir"],
  render: (a) => {
    const tokenFile = secretPath(`kuma-${a.node}.token`);
    return {
      files: { [tokenFile]: { content: text`${pushToken(a.node)}\n`, mode: "0600" } },
      records: {
        [KEEPER]: {
          [`monitor ${a.node}`]: {
            type: "push",
            active: true,
            interval: a.silence,
            maxretries: 0,
            notifications: [a.notification],
            tokenFile,
          },
        },
      },
    };
  },
});
