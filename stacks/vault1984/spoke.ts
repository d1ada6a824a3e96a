import { assumed } from "../../src/model/assumed.ts";
import { aws, type AwsHost, type Host } from "../../src/model/host.ts";
import { timerAt } from "../../src/model/schedule.ts";
import { isActive } from "../../src/model/status.ts";
import { certificateWatchdog } from "../../services/certificate-watchdog/index.ts";
import { firewall } from "../../services/firewall/index.ts";
import { heartbeat } from "../../services/heartbeat/index.ts";
import { nixGc } from "../../services/nix-gc/index.ts";
import { secretsDir } from "../../services/secrets-dir/index.ts";
import { sshMesh } from "../../services/ssh-mesh/index.ts";
import { timeSync } from "../../services/time-sync/index.ts";
import { vault1984 } from "../../services/vault1984/index.ts";
import { domain, goLive, hub, ntfyServer, soc } from "./parts.ts";

/** A month of each tier in dollars, by the document's cost table (§6): the machine without its address and its disk. */
const prices = { "t4g.nano": 3, "t4g.micro": 6, "t4g.small": 12 };

interface Spoke {
  name: string;
  region: Parameters<typeof aws>[0]["region"];
  /** Its address in the mesh: 10.84.0.x. */
  mesh: string;
  /** A larger one where demand warrants it: the machine is changed in place. */
  type?: keyof typeof prices;
  /** Who tells Kuma how it is: a timer of the host, or the vault's program itself. One of the two, never both. */
  heartbeatBy?: "host" | "vault";
}

const statusPort = 8084;
const daysLeft = assumed(14, "the document gives no threshold");

/** Virginia answers for the apex and www as well. */
const rootNames = [domain, `www.${domain}`];

/** One region: the same minimal stack everywhere. Only what is given here tells spokes apart. @throws ModelError */
export const spoke = ({ name, region, mesh, type = "t4g.nano", heartbeatBy = "host" }: Spoke): AwsHost => {
  const own = [`${name}.${domain}`];
  const all = name === "virginia" ? [...own, ...rootNames] : own;
  const reached = isActive({ status: goLive }) ? all : own;
  return aws({
    name,
    region,
    mesh,
    type,
    os: "nixos",
    roles: ["spoke"],
    monthlyCost: { usd: prices[type] },
    diskGb: assumed(8, "the document gives no size: the smallest that holds two generations and the image"),
    publicPorts: ["80/tcp", "443/tcp"],
    services: [
      secretsDir({}),
      timeSync({}),
      nixGc({ when: assumed("weekly", "the document names the generations, not the cleaning") }),
      vault1984({
        domains: all,
        daysLeft,
        binary: assumed(
          { url: `https://releases.${domain}/vault1984-linux-arm64`, sha256: "0".repeat(64) },
          "the document does not say where the binary is published: set URL and SHA-256 of a release",
        ),
        statusPort: assumed(statusPort, "how the binary tells its sessions and requests is not said"),
        variables: assumed(
          {
            domains: "VAULT1984_DOMAINS",
            database: "VAULT1984_DATABASE",
            certificates: "VAULT1984_AUTOCERT",
            status: "VAULT1984_STATUS",
            heartbeat: "VAULT1984_HEARTBEAT",
          },
          "how the binary is configured is not said",
        ),
        heartbeat: assumed(
          heartbeatBy === "vault" ? soc : "off",
          "the binary's own heartbeat is still to be written (M2), and a dead one could not say so",
        ),
        backup: assumed({ when: timerAt("03:30"), keep: 7 }, "the document describes no backup"),
      }),
      ...(heartbeatBy === "host" ? [telling(reached)] : []),
      certificateWatchdog({
        domains: reached,
        days: daysLeft,
        when: assumed(timerAt("06:00"), "the document gives no time"),
        ntfy: ntfyServer.alerts,
      }),
      firewall({ mesh: ["22/tcp"] }),
      sshMesh({}),
    ],
  });
};

const telling = (domains: string[]) =>
  heartbeat({
    every: 30,
    to: { name: soc, address: hub.mesh },
    trust: assumed("mesh" as const, "who issues soc's certificate is not said"),
    domains,
    statusPort,
    ram: assumed("used" as const, "ram_mb stands beside disk_pct and cpu_pct, which count what is used"),
    integrityMinutes: assumed(60, "the document wants db_integrity in every heartbeat, not a full check"),
  });

export const isSpoke = (host: Host): boolean => host.roles.includes("spoke");
