import { systemdUnit } from "../../src/render/systemd.ts";
import { secretPath } from "../secrets-dir/index.ts";

/**
 * The unit of a long-running program: restarted when it ends, and able to write to its state directory and little else.
 */
export const appUnit = (a: {
  name: string;
  description: string;
  run: string;
  interpreter?: string;
  after: string[];
  secrets: object;
}): string => {
  const after = ["network-online.target", ...a.after.map((name) => `${name}.service`)];
  return systemdUnit({
    Unit: { Description: a.description, Wants: "network-online.target", After: after },
    Service: {
      ExecStart: a.interpreter ? `${a.interpreter} ${a.run}` : a.run,
      User: a.name,
      ...(Object.keys(a.secrets).length && { EnvironmentFile: secretPath(`${a.name}.env`) }),
      Restart: "always",
      RestartSec: 3,
      StateDirectory: a.name,
      ...hardening,
    },
    Install: { WantedBy: "multi-user.target" },
  });
};

/** What a program that only talks over the network can do without. */
export const hardening = {
  NoNewPrivileges: true,
  ProtectSystem: "full",
  ProtectHome: true,
  PrivateTmp: true,
  PrivateDevices: true,
  ProtectKernelTunables: true,
  ProtectKernelModules: true,
  ProtectControlGroups: true,
  RestrictSUIDSGID: true,
  LockPersonality: true,
  RestrictAddressFamilies: ["AF_UNIX", "AF_INET", "AF_INET6"],
};
