import { NO_FOLDER, NO_ROOT } from "./runner.ts";
import type { ConnectError } from "./session.ts";
import type { Connection } from "./types.ts";
import { oneLine } from "./words.ts";

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
  const far = farReason(error, connection);
  if (far !== undefined) return { reason: far, mayPass: true };
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
    reason: `${last}. ${CHECK_WAY}`,
    mayPass: true,
  };
}

/** ssh's own exit code, whatever it was that kept it from the far side. */
const SSH_FAILED = 255;

/** Why our program did not start although ssh got in; undefined when ssh may not have got that far. */
function farReason({ exitCode, printed, lines, message }: ConnectError, { jump }: Connection): string | undefined {
  if (printed === undefined) return undefined;
  const via = jump === undefined ? "" : `via ${jump}: `;
  const isStopped = exitCode === null;
  const said = oneLine([printed, ...(isStopped ? lines.slice(0, -1) : lines)].join("\n"));
  const saying = said === "" ? "" : `, after it said ${JSON.stringify(said)}`;
  if (exitCode === NO_ROOT)
    return (
      `its user may not become root without a password (${via}${message}): ` +
      "allow sudo -n for that user or connect as root"
    );
  if (exitCode === NO_FOLDER)
    return `${via}neither /run nor /tmp can be written there (${message}): see whether they are full`;
  if (isStopped && said === "") return `${via}${message}. ${CHECK_WAY}; where ssh gets in, ${CHECK_SHELL}`;
  if (isStopped) return `${via}${message}, and the fleet's program has not started there${saying}: ${CHECK_SHELL}`;
  if (exitCode === SSH_FAILED && printed.trim() === "" && said !== "") return undefined;
  return `${via}the shell there ended with code ${exitCode} before the fleet's program ran${saying}: ${CHECK_SHELL}`;
}

const CHECK_WAY = "Check that it is running and that its address, port and firewall let you in";
const CHECK_SHELL =
  "look at the start files of the user's shell (~/.bashrc, ~/.zshenv, config.fish), which must not ask anything, exit, " +
  "or start another shell, and for a forced command (authorized_keys, sshd_config) or a shell that lets nobody in";

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
