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
 * Warns by ntfy while a certificate that this host serves on 443 is about to end, or none is served for one of its
 * names. It needs neither Kuma nor its heartbeats.
 */
export const certificateWatchdog = service(name, {
  args: z.strictObject({
    /** The names whose certificates are looked at. */
    domains: z.array(z.hostname('must be a host name such as "tokyo.example.com"')).min(1, "must name at least one"),
    /** Fewer days than this are too few. */
    days: z.int().min(1).max(365),
    when: timerSchema,
    ntfy: ntfySchema,
  }),
  dependsOn: () => ["wireguard"],
  render: (a, host) => ({
    packages: packagesOf(host, { debian: ["curl", "openssl"], nixos: ["curl", "openssl"] }),
    files: scriptFile(name, script({ ...a, node: host.name })),
    units: {
      [`${name}.service`]: { text: unit, enabled: false, active: false, onChange: "nothing" },
      [`${name}.timer`]: { text: timerUnit({ description: "Looks at the certificates", timer: a.when }) },
    },
  }),
});

const unit = systemdUnit({
  Unit: { Description: "Looks at the certificates that this host serves", After: "network-online.target" },
  Service: { ...scriptService(name), DynamicUser: true, ...hardened() },
});

const script = ({
  node,
  domains,
  days,
  ntfy,
}: {
  node: string;
  domains: readonly string[];
  days: number;
  ntfy: z.output<typeof ntfySchema>;
}): string => `#!/bin/sh
# Made by fleet (services/${name}).
set -u
export LC_ALL=C
${certificateDays}
warn() {
  echo "$1"
  curl -sS -f --max-time 10 --retry 3 ${headers(
    `Title: ${node}: certificate`,
    "Priority: high",
    "Tags: warning",
  )} -d "$1" -o /dev/null ${ntfy.server}/${ntfy.topic}
}
told=0
for name in ${domains.join(" ")}; do
  if ! days=$(certificate_days "$name"); then warn "${node} serves no certificate for $name" || told=1
  elif [ "$days" -lt ${days} ]; then warn "the certificate of $name on ${node} ends in $days days" || told=1
  fi
done
exit $told
`;

const headers = (...lines: string[]): string => lines.map((line) => `-H '${line}'`).join(" ");
