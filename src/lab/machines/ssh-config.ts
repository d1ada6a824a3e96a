/** A machine as ssh reaches it. */
export interface SshHost {
  name: string;
  address: string;
  /** "ssh-ed25519 AAAA…", once its first boot has made one. */
  hostKey?: string;
}

/** Machines that may be reached over a mesh alone. */
export interface SshMesh {
  /** The machine that leads there. */
  hub: string;
  /** Machine → its address in the mesh. */
  addresses: Record<string, string>;
}

/**
 * An ssh_config(5) by which `ssh -F` reaches every machine by its name, and no machine with another key than the one it
 * is known by. Both ends are this computer: protection against a future that records traffic today would cost each
 * connection 0.1 s for nothing.
 */
export const sshConfigText = (hosts: SshHost[], files: { key: string; knownHosts: string }, mesh?: SshMesh): string =>
  hosts
    .map(
      ({ name, address }) => `${wayTo(name, address, mesh)}
  Port 22
  User root
  IdentityFile ${quote(files.key)}
  IdentitiesOnly yes
  HostKeyAlias ${name}
  UserKnownHostsFile ${quote(files.knownHosts)}
  GlobalKnownHostsFile none
  StrictHostKeyChecking yes
  KexAlgorithms curve25519-sha256
`,
    )
    .join("\n");

/**
 * A machine whose sshd listens in the mesh only is reached through the hub; one that listens at its own address too,
 * directly, also while there is no mesh.
 */
function wayTo(name: string, address: string, mesh: SshMesh | undefined): string {
  const inMesh = name === mesh?.hub ? undefined : mesh?.addresses[name];
  if (inMesh === undefined) return `Host ${name}\n  HostName ${address}`;
  return `Match originalhost ${name} exec "ssh-keyscan -T 1 -t ed25519 ${address} 2>/dev/null | grep -q ssh-"
  HostName ${address}
  ProxyJump none
Host ${name}
  HostName ${inMesh}
  ProxyJump ${mesh!.hub}`;
}

/** known_hosts lines, by the alias that ssh_config gives each machine. */
export const knownHostsText = (hosts: SshHost[]): string =>
  hosts.flatMap(({ name, hostKey }) => (hostKey ? [`${name} ${hostKey}\n`] : [])).join("");

/** In these settings ssh expands "%". */
const quote = (path: string): string => `"${path.replaceAll("%", "%%")}"`;
