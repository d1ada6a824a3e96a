import { z } from "zod";
import { exposureSchema, tcp } from "../../src/model/port.ts";
import { MESH_SERVICE } from "../../src/model/mesh.ts";
import { service } from "../../src/model/service.ts";
import { fitTogether, programBundle, programNeeds, programShape } from "../program/index.ts";
import { bindAddress } from "./bind-address.ts";
import { appUnit } from "./unit.ts";

/**
 * A program of the owner's own, kept running by systemd under an account of its own. The program itself is put in place
 * by its owner: a change is refused while it is missing.
 */
export const app = service("app", {
  args: z
    .strictObject({
      ...programShape,
      /** The port that it listens on. */
      port: z.int().min(1).max(65535).optional(),
      /** Who reaches the port; others do through nginx. The program is told the address as BIND_ADDRESS. */
      bind: exposureSchema.default("loopback"),
      /** Services that must run before it: names on the same host. */
      after: z.array(z.string()).default([]),
    })
    .superRefine(fitTogether)
    .refine((a) => a.port !== undefined || a.bind === "loopback", { path: ["bind"], error: "needs a port" }),
  instance: (a) => a.name,
  dependsOn: (a) => [...a.after, ...(a.bind === "mesh" ? [MESH_SERVICE] : []), ...programNeeds(a)],
  ports: (a) => (a.port ? [tcp(a.port, a.bind)] : []),
  render: (a, host) => {
    const address = bindAddress(host, a.bind);
    return {
      ...programBundle(a, host, a.port ? { serve: a.port, at: address } : "wait"),
      units: { [`${a.name}.service`]: { text: appUnit(a, address) } },
      checks: a.port
        ? [{ kind: "tcp", port: a.port, ...(a.bind !== "public" && { address }) }]
        : [{ kind: "command", command: `systemctl is-active ${a.name}.service` }],
    };
  },
  probes: (a) => (a.port && a.bind === "public" ? [{ kind: "tcp", port: a.port, open: true }] : []),
});
