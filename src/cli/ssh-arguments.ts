import type { OpenStack } from "./stack.ts";
import { CliError } from "./output.ts";

/** Arguments for ssh to a host: the lab's own configuration, or for real machines the user's. The host's key is verified either way. */
export function sshArguments({ fleet, target }: OpenStack, name: string): string[] {
  const host = fleet.hosts.find((h) => h.name === name);
  if (!host) throw new CliError(`${fleet.name} has no host ${JSON.stringify(name)}: it has ${fleet.hosts.map((h) => h.name).join(", ")}`);
  const config = target.env.FLEET_SSH_CONFIG;
  if (config) return ["-F", config, name];
  return ["-o", `HostKeyAlias=${name}`, "-o", "StrictHostKeyChecking=yes", "-p", String(host.sshPort), ...(host.jump ? ["-J", host.jump] : []), `${host.user}@${host.ipv4 ?? name}`];
}
