import { mkdir, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { labPaths } from "../lab/paths.ts";
import { ROOT } from "../load/fleet.ts";
import type { Host } from "../model/host.ts";
import { knownHosts, sshConfig } from "../transport/ssh-config.ts";
import type { Connection } from "../transport/types.ts";
import { connectionsInState } from "../deploy/connections-in-state.ts";
import { CliError } from "../terminal/output.ts";
import type { OpenStack } from "../deploy/stack.ts";

/**
 * Arguments that make ssh reach a host as the provider does: the lab's configuration, or for real machines the user's
 * own first, then the connection that the last `up` used, with the host key that it pinned.
 */
export async function sshArguments(stack: OpenStack, name: string): Promise<string[]> {
  const { fleet, target } = stack;
  const host = fleet.hosts.find((h) => h.name === name);
  if (!host)
    throw new CliError(
      `${fleet.name} has no host ${JSON.stringify(name)}: it has ${fleet.hosts.map((h) => h.name).join(", ")}`,
    );
  if (stack.lab) return ["-F", labPaths(fleet.name).sshConfig, name];
  if (target.env.FLEET_SSH_CONFIG) return ["-F", target.env.FLEET_SSH_CONFIG, name];

  const connection = (await connectionsInState(stack)).get(name) ?? connectionOf(host);
  const folder = join(ROOT, ".fleet", "ssh", fleet.name);
  const [config, knownHostsFile] = [join(folder, `${name}.conf`), join(folder, `${name}.known_hosts`)];
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(knownHostsFile, knownHosts(name, connection));
  await writeFile(
    config,
    sshConfig(name, connection, { include: join(homedir(), ".ssh", "config"), knownHostsFile, interactive: true }),
    { mode: 0o600 },
  );
  return ["-F", config, name];
}

export const connectionOf = (host: Host): Connection => ({
  address: host.ipv4 ?? host.mesh ?? host.private,
  port: host.sshPort,
  user: host.user,
  jump: host.jump,
  hostKey: host.hostKey,
});
