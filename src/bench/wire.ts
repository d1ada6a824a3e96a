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
 * Runs a command with an `ssh` first on its PATH that keeps a copy of what is sent, and counts: a copy for each connection, and in it each
 * script's last line ("# end N", see src/transport/runner.ts). What goes through a jump host's line is no connection to it.
 * @returns host → counts
 */
export async function countWire(work: (env: NodeJS.ProcessEnv) => Promise<unknown>): Promise<Map<string, Wire>> {
  const folder = await mkdtemp(join(tmpdir(), "fleet-wire-"));
  const [bin, log] = [join(folder, "bin"), join(folder, "log")];
  for (const made of [bin, log]) await mkdir(made);
  const ssh = await findOnPath("ssh");
  await writeFile(join(bin, "ssh"), `#!/bin/bash\nfor host; do [ "$host" = -W ] && exec ${ssh} "$@"; [ "$last" = -- ] && break; last=$host; done\nexec ${ssh} "$@" < <(tee "${log}/$host.$$")\n`);
  await chmod(join(bin, "ssh"), 0o755);
  await work({ PATH: [bin, process.env.PATH].join(delimiter) });
  const byHost = new Map<string, Wire>();
  for (const name of await readdir(log)) {
    const host = name.slice(0, name.lastIndexOf("."));
    const before = byHost.get(host) ?? { handshakes: 0, roundTrips: 0 };
    byHost.set(host, { handshakes: before.handshakes + 1, roundTrips: before.roundTrips + countScripts(await readFile(join(log, name), "utf8")) });
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
