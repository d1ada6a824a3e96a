import { z } from "zod";
import { tcp } from "../../src/model/port.ts";
import { service } from "../../src/model/service.ts";
import { secretPath } from "../secrets-dir/index.ts";
import { mustExist, standInFile } from "../stand-in/index.ts";
import { environmentFile, secretsSchema } from "./environment.ts";
import { appUnit } from "./unit.ts";

/**
 * A program of the owner's own, kept running by systemd under an account of its own. The program itself is put in place
 * by its owner: a change is refused while it is missing.
 */
export const app = service("app", {
  args: z.strictObject({
    /** The unit, the account and the state directory under /var/lib. */
    name: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,30}$/, "must be a POSIX account name of lower-case letters, digits and -"),
    description: z.string(),
    /** The program, an executable file unless an interpreter runs it. */
    run: z.string().regex(/^\/[\w./-]+$/, "must be an absolute path"),
    interpreter: z
      .string()
      .regex(/^\/[\w./-]+$/, "must be an absolute path")
      .optional(),
    /** The port that it listens on; only the host itself reaches it, and others through nginx. */
    port: z.int().min(1).max(65535).optional(),
    /** Services that must run before it: names on the same host. */
    after: z.array(z.string()).default([]),
    /** Secrets in its environment: variable → secret("NAME"). */
    secrets: secretsSchema.default({}),
  }),
  instance: (a) => a.name,
  dependsOn: (a) => [...a.after, ...(Object.keys(a.secrets).length ? ["secrets-dir"] : [])],
  ports: (a) => (a.port ? [tcp(a.port, "loopback")] : []),
  render: (a, host) => ({
    users: { [a.name]: { home: `/var/lib/${a.name}` } },
    files: {
      ...environmentFile(secretPath(`${a.name}.env`), a.secrets),
      ...standInFile(host, a.run, a.name, a.port ? { serve: a.port } : "wait"),
    },
    units: { [`${a.name}.service`]: { text: appUnit(a) } },
    validations: [mustExist(a.run)],
    checks: a.port
      ? [{ kind: "tcp", port: a.port }]
      : [{ kind: "command", command: `systemctl is-active ${a.name}.service` }],
  }),
});
