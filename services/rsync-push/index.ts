import { z } from "zod";
import { aptSystems } from "../../src/model/platform.ts";
import { cronScheduleSchema } from "../../src/model/schedule.ts";
import { service } from "../../src/model/service.ts";
import { addressOf, hostKeyOf, privateKey, text } from "../../src/model/text.ts";
import { inboxAccount, pushKey } from "../rsync-inbox/index.ts";
import { secretPath } from "../secrets-dir/index.ts";

const settings = (to: string): string => `/etc/fleet/rsync-to-${to}.ssh_config`;
const knownHosts = (to: string): string => `/etc/fleet/rsync-to-${to}.known_hosts`;

/**
 * Copies a directory to another host's inbox on a schedule, with a key of its own and the receiver's host key pinned.
 */
export const rsyncPush = service("rsync-push", {
  args: z.strictObject({
    /** The host that receives; it has an rsyncInbox({ from: <this host> }). */
    to: z.string(),
    directory: z.string().regex(/^\/[\w./-]+$/, "must be an absolute path"),
    at: cronScheduleSchema,
  }),
  runsOn: { os: aptSystems },
  instance: (a) => `rsync-to-${a.to}`,
  dependsOn: () => ["base", "secrets-dir"],
  render: (a, host) => ({
    packages: ["openssh-client", "rsync"],
    // Elsewhere the directory is there; making an empty one in a wrong place would hide the mistake.
    directories: host.standIns ? { [a.directory]: {} } : {},
    files: {
      [secretPath(`rsync-to-${a.to}.key`)]: { content: text`${privateKey(pushKey(host.name, a.to))}\n`, mode: "0600" },
      [knownHosts(a.to)]: { content: text`${a.to} ${hostKeyOf(a.to)}\n` },
      [settings(a.to)]: { content: sshConfig(a.to, host.name) },
    },
    cron: {
      [`rsync-to-${a.to}`]: {
        schedule: a.at,
        command: `rsync -a -e "ssh -F ${settings(a.to)}" ${a.directory}/ ${a.to}:./`,
      },
    },
  }),
});

const sshConfig = (to: string, from: string) => text`Host ${to}
    HostName ${addressOf(to)}
    HostKeyAlias ${to}
    User ${inboxAccount(from)}
    IdentityFile ${secretPath(`rsync-to-${to}.key`)}
    IdentitiesOnly yes
    UserKnownHostsFile ${knownHosts(to)}
    StrictHostKeyChecking yes
    BatchMode yes
`;
