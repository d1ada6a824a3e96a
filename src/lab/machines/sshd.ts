import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { processesInCgroups } from "./cgroup.ts";
import { sendSignal } from "./processes.ts";
import { run } from "./run.ts";

/**
 * Whether anything listens on port 22 in a machine: its sshd may do so at an address in a mesh alone, where nobody here
 * can greet it.
 */
export const sshdListens = async (id: string): Promise<boolean> =>
  (await run("ss", ["-N", id, "-Hltn", "sport = :22"])) !== "";

/** Whether an SSH server greets at the address. */
export function sshdAnswers(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port: 22, timeout: 1000 });
    const done = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    // Greeted back before it is left, sshd finds nothing to complain of in its log.
    socket.once("data", (data) =>
      socket.end("SSH-2.0-lab\r\n", () => done(data.toString("latin1").startsWith("SSH-"))),
    );
    socket
      .once("error", () => done(false))
      .once("timeout", () => done(false))
      .once("close", () => done(false));
  });
}

/** Has a machine's sshd read its settings and keys again, which go from its listener to each session. */
export async function reloadSshd(id: string): Promise<void> {
  for (const pid of await processesInCgroups(id)) {
    const title = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    if (/^sshd: .*\[listener\]/.test(title)) sendSignal(pid, "SIGHUP");
  }
}

/** The host key that an SSH server shows: "ssh-ed25519 AAAA…"; nothing when it does not answer. */
export async function shownHostKey(address: string): Promise<string | undefined> {
  const keys = await run("ssh-keyscan", ["-T", "1", "-t", "ed25519", address]).catch(() => "");
  return /^\S+ (ssh-ed25519 \S+)$/m.exec(keys)?.[1];
}
