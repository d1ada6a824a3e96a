import { z } from "zod";
import { aptSystems } from "../../src/model/platform.ts";
import { service } from "../../src/model/service.ts";
import { refSchema, text } from "../../src/model/text.ts";
import { systemdUnit } from "../../src/render/systemd.ts";
import {
  addressesAt,
  afterNetworks,
  earlyBind,
  listenSchema,
  neededFor,
  portNumber,
  portsAt,
} from "../listening/index.ts";
import { secretPath } from "../secrets-dir/index.ts";
import { clusterConf, hbaConf } from "./conf.ts";
import { keeper } from "./keeper.ts";
import { versionOn } from "./version.ts";

/** The one that Debian's package makes. */
const CLUSTER = "main";

const sqlName = z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/, "must be lower-case letters, digits and _, at most 63");

/**
 * One cluster of PostgreSQL, from the distribution's packages, with its databases. Roles and databases are records: a
 * password that was changed or a database that is gone is seen. A database is never dropped; the role of one that
 * went may log in no more.
 */
export const postgres = service("postgres", {
  args: z.strictObject({
    port: portNumber.default(5432),
    listen: listenSchema.default(["loopback"]),
    /** Networks whose machines may log in by password, besides the host itself: "100.64.0.0/10". */
    clients: z.array(z.union([z.cidrv4(), z.cidrv6()], 'must be a network such as "100.64.0.0/10"')).default([]),
    databases: z
      .array(
        z.strictObject({
          name: sqlName,
          /** The role that owns it and logs in; of the database's name when left out. */
          role: sqlName.optional(),
          password: refSchema.refine((r) => r.ref === "secret", 'must be secret("NAME")'),
        }),
      )
      .default([]),
    /** Other settings of the cluster by PostgreSQL's names: `{shared_buffers: "1GB"}`. */
    settings: z.record(z.string().regex(/^[a-z_.]+$/), z.union([z.string(), z.number(), z.boolean()])).default({}),
  }),
  runsOn: { os: aptSystems },
  dependsOn: (a) => [...neededFor(a.listen), ...(a.databases.length > 0 ? ["secrets-dir"] : [])],
  ports: (a) => portsAt(a.port, a.listen),
  render: (a, host) => {
    const version = versionOn(host);
    const folder = `/etc/postgresql/${version}/${CLUSTER}`;
    const unit = `postgresql@${version}-${CLUSTER}.service`;
    const addresses = addressesAt(host, a.listen);
    const roles = a.databases.map(({ name, role = name, password }) => ({ name, role, password }));
    const passwordFile = (role: string) => secretPath(`postgres-${CLUSTER}-${role}.password`);
    const own = { owner: "postgres", group: "postgres" };
    return {
      packages: [`postgresql-${version}`, "python3"],
      ...earlyBind(a.listen),
      files: {
        [`${folder}/conf.d/fleet.conf`]: { content: clusterConf(addresses, a.port, a.settings), ...own },
        [`${folder}/pg_hba.conf`]: { content: hbaConf(a.databases, a.clients), mode: "0640", ...own },
        ...(roles.length > 0 && { [keeper.path]: { content: keeper.text(a.port), mode: "0755" } }),
        ...Object.fromEntries(
          roles.map(({ role, password }) => [passwordFile(role), { content: text`${password}\n`, mode: "0600" }]),
        ),
      },
      units: { [unit]: { dropIns: { fleet: afterMesh } } },
      ...(roles.length > 0 && {
        records: {
          [keeper.path]: Object.fromEntries(
            roles.flatMap(({ name, role }): [string, Record<string, string | boolean>][] => [
              [`role ${role}`, { login: true, passwordFile: passwordFile(role), passwordIsSet: true }],
              [`database ${name}`, { owner: role }],
            ]),
          ),
        },
      }),
      checks: addresses.map((address) => ({ kind: "command", command: `pg_isready -q -h ${address} -p ${a.port}` })),
    };
  },
});

const afterMesh = systemdUnit({ Unit: afterNetworks });
