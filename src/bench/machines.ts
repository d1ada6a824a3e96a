import { join } from "node:path";
import { run } from "../setup/run.ts";
import { hostNames, unitNames, unitText } from "./fleet.ts";

/** What is done to the benchmark's machines between measurements, over ssh and untimed. */
export class BenchMachines {
  readonly #sshConfig: string;

  constructor(sshConfig: string) {
    this.#sshConfig = sshConfig;
  }

  /** Back to nothing: no unit, no file, no trace in systemd. */
  async reset(): Promise<void> {
    await this.#onEach(
      'units=$(cd /etc/systemd/system && ls -d bench-*.service 2>/dev/null || :); [ -z "$units" ] || ' +
        "systemctl --quiet disable --now $units; rm -f /etc/systemd/system/bench-*.service; systemctl daemon-reload; " +
        "systemctl reset-failed",
    );
  }

  /**
   * @throws Error naming the machine on which a unit's file is not as it should be, or a unit is not enabled and
   * running
   */
  async expectServices(services: number): Promise<void> {
    const units = unitNames(services);
    const script = [
      `systemctl --quiet is-active ${units.join(" ")} && systemctl is-enabled ${units.join(" ")} | sort -u`,
      ...units.map((unit) => `cat /etc/systemd/system/${unit}`),
    ].join("; ");
    const wanted = `enabled\n${units.map(unitText).join("")}`;
    for (const [host, found] of await this.#onEach(script)) {
      if (found !== wanted)
        throw new Error(`${host} was not brought to its ${services} services; it says:\n${found.slice(0, 500)}`);
    }
  }

  #onEach(script: string): Promise<[host: string, stdout: string][]> {
    return Promise.all(
      hostNames.map(
        async (host) => [host, await run("ssh", ["-F", this.#sshConfig, host, script])] as [string, string],
      ),
    );
  }
}

/** The peers and the lab's own ssh read the same files. */
export const knownHostsOf = (sshConfig: string): string => join(sshConfig, "../known_hosts");
