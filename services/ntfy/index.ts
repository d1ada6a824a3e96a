import { z } from "zod";
import { tcp } from "../../src/model/port.ts";
import { service } from "../../src/model/service.ts";
import { systemdUnit } from "../../src/render/systemd.ts";
import { hardened } from "../hardening/index.ts";
import { mustExist } from "../stand-in/index.ts";
import { standIn } from "./stand-in.ts";

const program = "/usr/bin/ntfy";
const account = "ntfy";
const home = "/var/lib/ntfy";

/**
 * The ntfy server, at the place where its own package puts it (no distribution has it). Only the mesh reaches it:
 * whoever reads or writes alerts is a member of that.
 */
export const ntfy = service("ntfy", {
  args: z.strictObject({ port: z.int().min(1).max(65535) }),
  dependsOn: () => ["wireguard"],
  ports: (a) => [tcp(a.port, "mesh")],
  render: (a, host) => {
    const address = host.addresses?.mesh;
    if (address === undefined)
      throw new Error(`host ${host.name} has no address in the mesh: give mesh in its host file, or take ntfy away`);
    return {
      users: { [account]: { home } },
      directories: { [home]: { mode: "0700", owner: account, group: account } },
      files: {
        "/etc/ntfy/server.yml": { content: settings(address, a.port) },
        ...(host.standIns && { [program]: { content: standIn(), mode: "0755" } }),
      },
      units: { "ntfy.service": { text: unit } },
      validations: [mustExist(program)],
      checks: [{ kind: "http", url: `http://${address}:${a.port}/v1/health`, body: "healthy" }],
    };
  },
});

const settings = (address: string, port: number): string => `# Written by fleet (services/ntfy).
base-url: "http://${address}:${port}"
listen-http: "${address}:${port}"
cache-file: "/var/lib/ntfy/cache.db"
cache-duration: "72h"
`;

const unit = systemdUnit({
  Unit: {
    Description: "ntfy, push alerts",
    Wants: "network-online.target",
    After: ["network-online.target", "wireguard.service"],
  },
  Service: {
    ExecStart: `${program} serve --config /etc/ntfy/server.yml`,
    User: account,
    Restart: "always",
    RestartSec: 3,
    ...hardened({ writes: [home] }),
  },
  Install: { WantedBy: "multi-user.target" },
});
