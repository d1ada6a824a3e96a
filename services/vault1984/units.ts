import { environment, systemdUnit } from "../../src/render/systemd.ts";
import { hardened } from "../hardening/index.ts";
import { scriptService } from "../shell/index.ts";
import { vault } from "./paths.ts";

/** The unit of the vault. It may listen on low ports and has no other right of root. */
export const vaultUnit = ({ domains, statusPort }: { domains: string[]; statusPort: number }): string =>
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
        VAULT1984_DOMAINS: domains.join(","),
        VAULT1984_DATABASE: vault.database,
        VAULT1984_AUTOCERT: vault.certificates,
        VAULT1984_STATUS: `127.0.0.1:${statusPort}`,
      }),
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
