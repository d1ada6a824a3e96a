import { z } from "zod";
import { timerSchema } from "../../src/model/schedule.ts";
import { service } from "../../src/model/service.ts";
import { systemdUnit, timerUnit } from "../../src/render/systemd.ts";
import { hardened } from "../hardening/index.ts";
import { ntfySchema } from "../ntfy/topic.ts";
import { packagesOf, scriptFile, scriptService } from "../shell/index.ts";
import { certificateDays } from "../vault1984/certificate.ts";

const name = "certificate-watchdog";

/**
 * Warns by ntfy while the certificate that this host serves on 443 is about to end, or none is served. It needs neither
 * Kuma nor its heartbeats.
 */
export const certificateWatchdog = service(name, {
  args: z.strictObject({
    /** The name whose certificate is looked at. */
    domain: z.hostname('must be a host name such as "tokyo.example.com"'),
    /** Fewer days than this are too few. */
    days: z.int().min(1).max(365),
    when: timerSchema,
    ntfy: ntfySchema,
  }),
  dependsOn: () => ["vault1984", "wireguard"],
  render: (a, host) => ({
    packages: packagesOf(host, { debian: ["curl", "openssl"], nixos: ["curl", "openssl"] }),
    files: scriptFile(name, script({ ...a, node: host.name })),
    units: {
      [`${name}.service`]: { text: unit, enabled: false, active: false, onChange: "nothing" },
      [`${name}.timer`]: { text: timerUnit({ description: "Looks at the certificate", timer: a.when }) },
    },
  }),
});

const unit = systemdUnit({
  Unit: { Description: "Looks at the certificate that this host serves", After: "network-online.target" },
  Service: { ...scriptService(name), DynamicUser: true, ...hardened() },
});

const script = ({
  node,
  domain,
  days,
  ntfy,
}: {
  node: string;
  domain: string;
  days: number;
  ntfy: z.output<typeof ntfySchema>;
}): string => `#!/bin/sh
# Made by fleet (services/${name}).
set -u
export LC_ALL=C
${certificateDays(domain)}
warn() {
  echo "$1"
  curl -sS -f --max-time 10 --retry 3 ${headers(
    `Title: ${node}: certificate`,
    "Priority: high",
    "Tags: warning",
  )} -d "$1" -o /dev/null ${ntfy.server}/${ntfy.topic}
}
if ! days=$(certificate_days); then warn "${node} serves no certificate for ${domain}"
elif [ "$days" -lt ${days} ]; then warn "the certificate of ${domain} on ${node} ends in $days days"
fi
`;

const headers = (...lines: string[]): string => lines.map((line) => `-H '${line}'`).join(" ");
