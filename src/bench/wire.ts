import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { findOnPath } from "../setup/find-on-path.ts";

/** What went to one host while one command ran. */
export interface Wire {
  handshakes: number;
  roundTrips: number;
}

/**
 * An `ssh` that keeps a copy of what is sent, in the folder `own`, or in `shared` when it goes over a connection that
 * another ssh holds. What it only passes on (-W) is of another ssh.
 */
const wrapper = (ssh: string, log: string): string => `#!/bin/bash
kept=own
for host; do
  [ "$last" = -- ] && break
  case $host in -W) exec ${ssh} "$@" ;; -S) kept=shared ;; -M) isMaster=1 ;; esac
  last=$host
done
[ -z "$isMaster" ] || kept=own
exec ${ssh} "$@" < <(tee "${log}/$kept/$host.$$")
`;

/**
 * Runs a command with an `ssh` of ours first on its PATH, and counts connections, and scripts by each one's last line
 * ("# end N", see src/transport/runner.ts).
 * @returns host → counts
 */
export async function countWire(work: (env: NodeJS.ProcessEnv) => Promise<unknown>): Promise<Map<string, Wire>> {
  const folder = await mkdtemp(join(tmpdir(), "fleet-wire-"));
  const [bin, own, shared] = ["bin", "own", "shared"].map((name) => join(folder, name)) as [string, string, string];
  for (const made of [bin, own, shared]) await mkdir(made);
  await writeFile(join(bin, "ssh"), wrapper((await findOnPath("ssh"))!, folder));
  await chmod(join(bin, "ssh"), 0o755);
  await work({ PATH: [bin, process.env.PATH].join(delimiter) });
  const byHost = new Map<string, Wire>();
  for (const kept of [own, shared]) {
    for (const name of await readdir(kept)) {
      const host = name.slice(0, name.lastIndexOf("."));
      const before = byHost.get(host) ?? { handshakes: 0, roundTrips: 0 };
      const roundTrips = countScripts(await readFile(join(kept, name), "utf8"));
      byHost.set(host, {
        handshakes: before.handshakes + (kept === own ? 1 : 0),
        roundTrips: before.roundTrips + roundTrips,
      });
    }
  }
  await rm(folder, { recursive: true, force: true });
  return byHost;
}

/** The highest counts of any host. */
export function mostOf(wires: ReadonlyMap<string, Wire>): Wire {
  const most = (of: (wire: Wire) => number) => Math.max(0, ...[...wires.values()].map(of));
  return { handshakes: most((w) => w.handshakes), roundTrips: most((w) => w.roundTrips) };
}

/** Scripts end with "# end N"; the header of the next one follows at once. */
export const countScripts = (sent: string): number => [...sent.matchAll(/^# end \d/gm)].length;
