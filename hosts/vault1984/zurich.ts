import { assumed } from "../../src/model/assumed.ts";
import { vps } from "../../src/model/host.ts";
import { timerAt } from "../../src/model/schedule.ts";
import { planned } from "../../src/model/status.ts";
import { secret, text } from "../../src/model/text.ts";
import { app } from "../../services/app/index.ts";
import { base } from "../../services/base/index.ts";
import { acmeCertificate } from "../../services/acme/index.ts";
import { certificateWatchdog } from "../../services/certificate-watchdog/index.ts";
import { firewall } from "../../services/firewall/index.ts";
import { nginx } from "../../services/nginx/index.ts";
import { ntfy } from "../../services/ntfy/index.ts";
import { secretFile } from "../../services/secret-file/index.ts";
import { secretPath, secretsDir } from "../../services/secrets-dir/index.ts";
import { timeSync } from "../../services/time-sync/index.ts";
import { uptimeKuma } from "../../services/uptime-kuma/index.ts";
import { kumaSite } from "../../services/uptime-kuma/site.ts";
import { hub, mesh, notification, ntfyServer, soc } from "../../stacks/vault1984/parts.ts";

export default vps({
  name: hub.name,
  mesh: hub.mesh,
  provider: "hostkey",
  model: "vm.mini",
  location: "Zürich",
  ipv4: "185.218.204.47",
  os: assumed("debian", "the document does not name HQ's system"),
  arch: assumed("amd64", "nor its architecture"),
  monthlyCost: { eur: 3.9 },
  roles: ["control-plane", "mesh-hub"],
  note: "Hans; for vault1984 only",
  publicPorts: assumed(
    ["22/tcp", "80/tcp", "443/tcp", "51820/udp"],
    "the document opens 51820; soc has to answer, and SSH to the spokes goes through here",
  ),
  services: [
    base({}),
    secretsDir({}),
    timeSync({}),
    app({
      name: "openclaw-noc-agent",
      description: "Receives deploy commands, reports back",
      run: assumed("/opt/openclaw/noc-agent", "the document does not say where the program is"),
    }),
    // What it deploys with: a branch that it pushes, reviewed and brought up as any other. The key is the owner's to give.
    planned(
      secretFile({
        name: "openclaw-deploy-key",
        path: secretPath("openclaw-deploy.key"),
        content: text`${secret("OPENCLAW_DEPLOY_KEY")}`,
      }),
    ),
    uptimeKuma({
      username: assumed("fleet", "the document names no account"),
      password: secret("KUMA_PASSWORD"),
      notification: { name: notification, ...ntfyServer.alerts },
    }),
    ntfy({ port: assumed(ntfyServer.port, "the document names no port") }),
    ...acmeCertificate({
      name: soc,
      contact: assumed("hostmaster@vault1984.com", "the document names neither a certificate nor a contact"),
      usedBy: ["nginx"],
    }),
    certificateWatchdog({
      domains: [soc],
      days: assumed(14, "the document gives no threshold"),
      when: assumed(timerAt("06:00"), "the document gives no time"),
      ntfy: ntfyServer.alerts,
    }),
    nginx({
      sites: assumed([kumaSite({ name: soc, mesh })], "the document does not say what stands in front of Kuma"),
    }),
    firewall({ mesh: [`${ntfyServer.port}/tcp`] }),
  ],
});
