import { knownHostsText, sshConfigText, type SshHost } from "./machines/ssh-config.ts";
import type { LabPaths } from "./paths.ts";
import { writePrivate } from "./settings.ts";

/** The lab's ssh_config and known_hosts, written anew whenever a machine comes or goes. */
export class SshFiles {
  readonly #paths: LabPaths;
  #last: Promise<void> = Promise.resolve();

  constructor(paths: LabPaths) {
    this.#paths = paths;
  }

  /** One at a time: machines become ready side by side. */
  write(hosts: () => Promise<SshHost[]>): Promise<void> {
    this.#last = this.#last.catch(() => {}).then(async () => {
      const now = await hosts();
      await writePrivate(this.#paths.knownHosts, knownHostsText(now));
      await writePrivate(this.#paths.sshConfig, sshConfigText(now, this.#paths));
    });
    return this.#last;
  }
}
