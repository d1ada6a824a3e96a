import { createHash } from "node:crypto";
import { environment, systemdUnit } from "../../src/render/systemd.ts";
import { INTERFACE } from "./interface.ts";
import { SCRIPT, wireguardScript } from "./script.ts";

/** Where programs are on Debian and on NixOS. */
const PATH = "/run/current-system/sw/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * The unit that holds the interface. Changed peers are a reload; it starts anew with another script, and when the
 * interface was taken away.
 */
export const wireguardUnit = (address: string, port?: number): string =>
  systemdUnit({
    Unit: {
      Description: "WireGuard mesh",
      After: "network.target",
      // For a host that can be reached over the mesh alone there is nobody to start it by hand.
      StartLimitIntervalSec: 0,
      "X-Restart-Triggers": createHash("sha256").update(wireguardScript).digest("hex").slice(0, 12),
    },
    Service: {
      Type: "notify",
      NotifyAccess: "all",
      Environment: environment({ PATH, ADDRESS: address, ...(port !== undefined && { PORT: port }) }),
      ExecStart: `/bin/sh ${SCRIPT} up`,
      ExecReload: `/bin/sh ${SCRIPT} sync`,
      ExecStop: `-/bin/sh ${SCRIPT} save`,
      // When the service is removed, its script goes before it stops.
      ExecStopPost: `-/bin/sh -c "ip link delete ${INTERFACE} 2>/dev/null"`,
      Restart: "always",
      RestartSec: 2,
      StateDirectory: "wireguard",
      StateDirectoryMode: "0700",
      RuntimeDirectory: "wireguard",
      ProtectSystem: "strict",
      ProtectHome: true,
      PrivateTmp: true,
      CapabilityBoundingSet: "CAP_NET_ADMIN",
    },
    Install: { WantedBy: "multi-user.target" },
  });
