import { environment, systemdUnit } from "../../src/render/systemd.ts";
import { hardened } from "../hardening/index.ts";
import { PUSH } from "../heartbeat/push.ts";
import { scriptService } from "../shell/index.ts";
import { vault } from "./paths.ts";

interface Vault {
  domains: string[];
  statusPort: number;
  /** The name of the Uptime Kuma that the program tells how it is, or "off". */
  heartbeat: string;
  variables: Record<"domains" | "database" | "certificates" | "status" | "heartbeat", string>;
}

/** The unit of the vault. It may listen on low ports and has no other right of root. */
export const vaultUnit = ({ domains, statusPort, heartbeat, variables }: Vault): string =>
  systemdUnit({
    Unit: {
      Description: "vault1984, the password vault",
      Wants: "network-online.target",
      After: "network-online.target",
    },
    Service: {
      ExecStart: vault.program,
      User: vault.account,
      UMask: "0077",
      WorkingDirectory: vault.home,
      Environment: environment({
        [variables.domains]: domains.join(","),
        [variables.database]: vault.database,
        [variables.certificates]: vault.certificates,
        [variables.status]: `127.0.0.1:${statusPort}`,
        [variables.heartbeat]: heartbeat === "off" ? "off" : "/run/credentials/vault1984.service/push",
      }),
      ...(heartbeat !== "off" && { LoadCredential: `push:${PUSH}` }),
      AmbientCapabilities: "CAP_NET_BIND_SERVICE",
      CapabilityBoundingSet: "CAP_NET_BIND_SERVICE",
      Restart: "always",
      RestartSec: 3,
      ...hardened({ writes: [vault.home] }),
    },
    Install: { WantedBy: "multi-user.target" },
  });

/** The unit that copies the database; its timer starts it. */
export const backupUnit = (script: string): string =>
  systemdUnit({
    Unit: { Description: "A copy of the vault's database" },
    Service: { ...scriptService(script), User: vault.account, UMask: "0077", ...hardened({ writes: [vault.home] }) },
  });
