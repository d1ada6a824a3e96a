import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { edgeName } from "../../src/model/edge-common.ts";
import { aptSystems } from "../../src/model/platform.ts";
import { tcp } from "../../src/model/port.ts";
import { service } from "../../src/model/service.ts";
import { text, tunnelTokenOf } from "../../src/model/text.ts";
import { systemdUnit } from "../../src/render/systemd.ts";
import { hardened } from "../hardening/index.ts";

const program = "/usr/bin/cloudflared";
const tokenFile = "/etc/fleet/cloudflared.token";

/**
 * The connector of one of the fleet's Cloudflare Tunnels. Where its visitors go is said at Cloudflare, by the tunnel's
 * `ingress`. The package is the vendor's, whose repository apt has to know; lab machines get a stand-in.
 */
export const cloudflared = service("cloudflared", {
  args: z.strictObject({
    /** The tunnel's name, as in edge.tunnels. */
    tunnel: edgeName,
    /** Where it says on loopback whether it is connected. */
    metricsPort: z.int().min(1).max(65535).default(20241),
  }),
  runsOn: { os: aptSystems },
  ports: (a) => [tcp(a.metricsPort, "loopback")],
  render: (a, host) => ({
    packages: host.standIns ? [] : ["cloudflared"],
    files: {
      [tokenFile]: { content: text`${tunnelTokenOf(a.tunnel)}\n`, mode: "0600" },
      ...(host.standIns && { [program]: { content: standIn(), mode: "0755" } }),
    },
    units: { "cloudflared.service": { text: unit(a.tunnel, a.metricsPort) } },
    validations: [noConfigOfItsOwn],
    checks: [{ kind: "http", url: `http://127.0.0.1:${a.metricsPort}/ready` }],
  }),
});

/** It would read one that it finds, and mix it with what Cloudflare says. */
const noConfigOfItsOwn = {
  command:
    "for file in /etc/cloudflared/config.yml /etc/cloudflared/config.yaml /usr/local/etc/cloudflared/config.yml; do " +
    'test ! -e "$file" || { echo "$file says where visitors go, and so does edge.tunnels: move what it says there, ' +
    'and delete it" >&2; exit 1; }; done',
};

/** It is up when it is connected: whoever gave it a wrong token learns of it at once. */
const unit = (tunnel: string, port: number): string =>
  systemdUnit({
    Unit: {
      Description: `Cloudflare Tunnel ${tunnel}`,
      Wants: "network-online.target",
      After: "network-online.target",
    },
    Service: {
      Type: "notify",
      TimeoutStartSec: 30,
      LoadCredential: `token:${tokenFile}`,
      ExecStart:
        `${program} tunnel --no-autoupdate --metrics 127.0.0.1:${port} ` +
        "run --token-file ${CREDENTIALS_DIRECTORY}/token",
      DynamicUser: true,
      Restart: "on-failure",
      RestartSec: 5,
      ...hardened(),
    },
    Install: { WantedBy: "multi-user.target" },
  });

const standIn = (): string => readFileSync(join(import.meta.dirname, "stand-in.py"), "utf8");
