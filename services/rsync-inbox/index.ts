import { z } from "zod";
import { aptSystems } from "../../src/model/platform.ts";
import { service } from "../../src/model/service.ts";
import { publicKey, text } from "../../src/model/text.ts";
import { authorizedKey } from "../../src/render/authorized-key.ts";

const name = z.string().regex(/^[a-z][a-z0-9-]{0,24}$/, "must be lower-case letters, digits and -, at most 25");

/**
 * The account that receives an rsync from one other host, and the directory that it fills: `account` is what the sender
 * logs in to.
 */
export const inboxAccount = (from: string): string => `inbox-${from}`;

/** The key pair that the fleet makes for a sender. */
export const pushKey = (from: string, to: string): string => `rsync-${from}-to-${to}`;

/** Receives files from one other host. Its key can do one thing here: write below one directory. */
export const rsyncInbox = service("rsync-inbox", {
  args: z.strictObject({
    /** The host that sends. */
    from: name,
    directory: z.string().regex(/^\/[\w./-]+$/, "must be an absolute path"),
  }),
  runsOn: { os: aptSystems },
  instance: (a) => `rsync-inbox-${a.from}`,
  render: (a, host) => {
    const account = inboxAccount(a.from);
    const home = `/var/lib/${account}`;
    const key = authorizedKey({
      key: publicKey(pushKey(a.from, host.name)),
      command: `/usr/bin/rrsync -wo ${a.directory}`,
    });
    return {
      packages: ["python3", "rsync"],
      // A forced command needs a shell that runs it.
      users: { [account]: { home, shell: "/bin/sh" } },
      directories: {
        [home]: {},
        [`${home}/.ssh`]: {},
        [a.directory]: { mode: "0750", owner: account, group: account },
      },
      // Root's, so that whoever holds the key cannot loosen it.
      files: { [`${home}/.ssh/authorized_keys`]: { content: text`${key}\n` } },
    };
  },
});
