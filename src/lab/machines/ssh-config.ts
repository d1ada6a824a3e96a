/** A machine as ssh reaches it. */
export interface SshHost {
  name: string;
  address: string;
  /** "ssh-ed25519 AAAA…", once its first boot has made one. */
  hostKey?: string;
}

/**
 * An ssh_config(5) by which `ssh -F` reaches every machine by its name, and no machine with another key than the one it is known by. Both ends
 * are this computer: protection against a future that records traffic today would cost each connection 0.1 s for nothing.
 */
export const sshConfigText = (hosts: SshHost[], files: { key: string; knownHosts: string }): string =>
  hosts.map(({ name, address }) => `Host ${name}
  HostName ${address}
  Port 22
  User root
  IdentityFile ${quote(files.key)}
  IdentitiesOnly yes
  HostKeyAlias ${name}
  UserKnownHostsFile ${quote(files.knownHosts)}
  GlobalKnownHostsFile none
  StrictHostKeyChecking yes
  KexAlgorithms curve25519-sha256
`).join("\n");

/** known_hosts lines, by the alias that ssh_config gives each machine. */
export const knownHostsText = (hosts: SshHost[]): string =>
  hosts.flatMap(({ name, hostKey }) => (hostKey ? [`${name} ${hostKey}\n`] : [])).join("");

/** In these settings ssh expands "%". */
const quote = (path: string): string => `"${path.replaceAll("%", "%%")}"`;
