import { z } from "zod";
import { artifactSchema } from "../../src/model/bundle.ts";
import { tcp } from "../../src/model/port.ts";
import { timerSchema } from "../../src/model/schedule.ts";
import { service } from "../../src/model/service.ts";
import { timerUnit } from "../../src/render/systemd.ts";
import { packagesOf, scriptFile } from "../shell/index.ts";
import { backupScript } from "./backup.ts";
import { pushFile } from "../heartbeat/push.ts";
import { vault } from "./paths.ts";
import { STAND_IN_VARIABLES, standIn } from "./stand-in.ts";
import { backupUnit, vaultUnit } from "./units.ts";

const backup = "vault1984-backup";
const variable = z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'must be the name of a variable, such as "VAULT_DOMAINS"');

/**
 * The password vault: one program that answers on 80 and 443, gets its own certificates and keeps everything in one
 * SQLite database, which stays on this host. A copy of the database is made while the vault runs, and only the newest
 * copies are kept.
 */
export const vault1984 = service("vault1984", {
  args: z.strictObject({
    /** The names that it answers to and gets certificates for, the node's own first. */
    domains: z.array(z.hostname('must be a host name such as "tokyo.example.com"')).min(1, "must name at least one"),
    /** Days: with fewer left of a certificate, `fleet check` fails. */
    daysLeft: z.int().min(1).max(365),
    /** The program's release for this host's processor. */
    binary: artifactSchema.pick({ url: true, sha256: true }),
    /** Port of the loopback where it tells its sessions and requests as JSON, at /status. */
    statusPort: z.int().min(1).max(65535),
    /** How the variables are called that the program is configured with. */
    variables: z.strictObject({
      domains: variable,
      database: variable,
      certificates: variable,
      status: variable,
      heartbeat: variable,
    }),
    /**
     * The name of the Uptime Kuma that the program itself tells how it is; "off" where services/heartbeat does, because
     * two senders would hide each other's silence.
     */
    heartbeat: z.hostname('must be "off" or a host name such as "soc.example.com"'),
    /** When the database is copied, and how many copies are kept. */
    backup: z.strictObject({ when: timerSchema, keep: z.int().min(1).max(1000) }),
  }),
  dependsOn: (a) => (a.heartbeat === "off" ? [] : ["secrets-dir"]),
  ports: (a) => [tcp(80), tcp(443), tcp(a.statusPort, "loopback")],
  render: (a, host) => ({
    packages: packagesOf(host, { debian: ["sqlite3"], nixos: ["sqlite"] }),
    users: { [vault.account]: { home: vault.home } },
    directories: Object.fromEntries(
      [vault.home, vault.certificates, vault.backups].map((path) => [
        path,
        { mode: "0700", owner: vault.account, group: vault.account },
      ]),
    ),
    artifacts: host.standIns ? {} : { [vault.program]: a.binary },
    files: {
      ...scriptFile(backup, backupScript(a.backup.keep)),
      ...(a.heartbeat !== "off" && pushFile(a.heartbeat, host.name)),
      ...(host.standIns && { [vault.program]: { content: standIn(), mode: "0755" } }),
    },
    units: {
      "vault1984.service": { text: vaultUnit({ ...a, ...(host.standIns && { variables: STAND_IN_VARIABLES }) }) },
      [`${backup}.service`]: { text: backupUnit(backup), enabled: false, active: false, onChange: "nothing" },
      [`${backup}.timer`]: { text: timerUnit({ description: "Copies of the vault's database", timer: a.backup.when }) },
    },
    checks: [80, 443, a.statusPort].map((port) => ({ kind: "tcp" as const, port })),
  }),
  // The stand-in signs its own, for no authority gives one to a lab's machine that does not ask.
  probes: ({ domains, daysLeft }, { standIns }) => [
    { kind: "tcp", port: 80, open: true },
    ...domains.map((name) => ({
      kind: "tls" as const,
      port: 443,
      name,
      daysLeft,
      trust: standIns ? ("itself" as const) : ("authorities" as const),
    })),
  ],
});
