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
 * own (FLEET_SSH_CONFIG, else ~/.ssh/config) first, then the connection that the last `up` used. The host key that it
 * pinned is the only one that is accepted, whatever the user's own says.
 */
export async function sshArguments(stack: OpenStack, name: string): Promise<string[]> {
  const { fleet, target } = stack;
  const host = fleet.hosts.find((h) => h.name === name);
  if (!host)
    throw new CliError(
      `${fleet.name} has no host ${JSON.stringify(name)}: it has ${fleet.hosts.map((h) => h.name).join(", ")}`,
    );
  if (stack.lab) return ["-F", labPaths(fleet.name).sshConfig, name];

  const connection = (await connectionsInState(stack)).get(name) ?? connectionOf(host);
  return pinnedArguments(join(ROOT, ".fleet", "ssh", fleet.name), name, connection, target.env);
}

/**
 * @param folder for the configuration that the arguments name
 * @param env may name the user's own ssh_config in FLEET_SSH_CONFIG
 */
export async function pinnedArguments(
  folder: string,
  name: string,
  connection: Connection,
  env: NodeJS.ProcessEnv,
): Promise<string[]> {
  const [config, knownHostsFile] = [join(folder, `${name}.conf`), join(folder, `${name}.known_hosts`)];
  const include = env.FLEET_SSH_CONFIG || join(homedir(), ".ssh", "config");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(knownHostsFile, knownHosts(name, connection));
  await writeFile(config, sshConfig(name, connection, { include, knownHostsFile, interactive: true }), { mode: 0o600 });
  return ["-F", config, name];
}

export const connectionOf = (host: Host): Connection => ({
  address: host.ipv4 ?? host.mesh ?? host.private,
  port: host.sshPort,
  user: host.user,
  jump: host.jump,
  hostKey: host.hostKey,
});
