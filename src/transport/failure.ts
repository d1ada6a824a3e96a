import { NO_ROOT } from "./runner.ts";
import type { ConnectError } from "./session.ts";
import type { Connection } from "./types.ts";

export interface Failure {
  /** What happened, in ssh's own words, and what to do. */
  reason: string;
  /**
   * Whether a machine that is still booting may overcome it. A wrong host key is overcome soon or never: an image may
   * start sshd with a key of its own before it is given the one that is pinned.
   */
  mayPass: boolean | "soon";
}

/** Reads ssh's own messages. */
export function explain(error: ConnectError, connection: Connection): Failure {
  const text = error.lines.join("\n");
  const last = `${connection.jump === undefined ? "" : `via ${connection.jump}: `}${saidBy(error)}`;
  if (
    /REMOTE HOST IDENTIFICATION HAS CHANGED|differs from the key|host key is known for|Host key verification failed/.test(
      text,
    )
  ) {
    return {
      reason: hostKeyReason(text, connection),
      mayPass: connection.hostKey !== undefined && /HAS CHANGED/.test(text) ? "soon" : false,
    };
  }
  if (error.exitCode === NO_ROOT)
    return {
      reason:
        `its user may not become root without a password (${last}): ` +
        "allow sudo -n for that user or connect as root",
      mayPass: true,
    };
  if (/Permission denied|Too many authentication failures|no mutual signature/i.test(text)) {
    return {
      reason:
        `${last}. Its user must accept one of your SSH keys: ` +
        "check the user, ssh-agent, or IdentityFile in your ssh_config",
      mayPass: true,
    };
  }
  if (/Could not resolve hostname/.test(text))
    return { reason: `${last}. Check its address, or give a HostName in your ssh_config`, mayPass: true };
  return {
    reason: `${last}. Check that it is running and that its address, port and firewall let you in`,
    mayPass: true,
  };
}

/** The master of a shared connection tells its clients no more than that; ssh itself only that its way is closed. */
const saidBy = ({ lines, message }: ConnectError): string =>
  lines.some((line) => line.startsWith("Stdio forwarding request failed"))
    ? "nothing answers there"
    : message.replace(/\.$/, "");

function hostKeyReason(text: string, { hostKey }: Connection): string {
  if (!/HAS CHANGED/.test(text))
    return (
      "its SSH host key is not known: check the key on the machine's own console and add it to your known_hosts, " +
      "or pin it in the host file"
    );
  const pinned = hostKey === undefined ? "your known_hosts has for it" : "the fleet pinned for it";
  return (
    `it answers with another SSH host key than ${pinned}, so it was not trusted with anything. ` +
    "Either it was reinstalled, or another machine answers in its place: " +
    "compare the key on its own console before you accept a new one"
  );
}
