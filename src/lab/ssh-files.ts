import { knownHostsText, sshConfigText, type SshHost, type SshMesh } from "./machines/ssh-config.ts";
import type { LabPaths } from "./paths.ts";
import { writePrivate } from "./settings.ts";

/**
 * The lab's ssh_config and known_hosts, written anew whenever a machine comes or goes. In the ssh_config for the
 * program every machine has its lab address, because the program says itself who is reached over a mesh; that for
 * people says it for them.
 */
export class SshFiles {
  readonly #paths: LabPaths;
  #last: Promise<void> = Promise.resolve();

  constructor(paths: LabPaths) {
    this.#paths = paths;
  }

  /** One at a time: machines become ready side by side. */
  write(hosts: () => Promise<SshHost[]>, mesh: SshMesh | undefined): Promise<void> {
    this.#last = this.#last
      .catch(() => {})
      .then(async () => {
        const now = await hosts();
        await writePrivate(this.#paths.knownHosts, knownHostsText(now));
        await writePrivate(this.#paths.programSshConfig, sshConfigText(now, this.#paths));
        await writePrivate(this.#paths.sshConfig, sshConfigText(now, this.#paths, mesh));
      });
    return this.#last;
  }
}
