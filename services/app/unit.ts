import { MESH_SERVICE } from "../../src/model/mesh.ts";
import type { Exposure } from "../../src/model/port.ts";
import { systemdUnit } from "../../src/render/systemd.ts";
import { programService } from "../program/index.ts";

type App = Parameters<typeof programService>[0] & { after: string[]; port?: number; bind: Exposure };

/** The unit of a long-running program: restarted when it ends. */
export const appUnit = (a: App, address: string): string => {
  const before = [...a.after, ...(a.bind === "mesh" ? [MESH_SERVICE] : [])];
  const after = ["network-online.target", ...before.map((name) => `${name}.service`)];
  return systemdUnit({
    Unit: { Description: a.description, Wants: "network-online.target", After: after },
    Service: {
      ...programService(a, a.port === undefined ? {} : { BIND_ADDRESS: address }),
      Restart: "always",
      RestartSec: 3,
    },
    Install: { WantedBy: "multi-user.target" },
  });
};
