import type { Connection } from "./types.ts";

/**
 * Nothing in anyone's ssh_config may loosen or bend these. The first value that ssh finds counts, so they come first.
 */
const VERIFIED = ["StrictHostKeyChecking yes", "NoHostAuthenticationForLocalhost no"];
/** Where the host key is pinned, nothing else may vouch for one: no program, no DNS, no connection that is open already. */
const PINNED = [
  "GlobalKnownHostsFile none",
  // OpenSSH knows it since 8.5.
  "IgnoreUnknown KnownHostsCommand",
  "KnownHostsCommand none",
  "VerifyHostKeyDNS no",
  "UpdateHostKeys no",
  "ControlMaster no",
  "ControlPath none",
];
const UNATTENDED = [
  "BatchMode yes",
  "ForwardAgent no",
  "ForwardX11 no",
  "ClearAllForwardings yes",
  "PermitLocalCommand no",
  "RequestTTY no",
  "RemoteCommand none",
  // One connection is shared already; a shared master would outlive it. That of a jump host is asked for on the command
  // line.
  "ControlMaster no",
  "ControlPath none",
  "LogLevel ERROR",
];

/**
 * ConnectTimeout goes as far as the key exchange: a host that is down costs so many seconds, however many services it
 * has.
 */
const DEFAULTS = ["ConnectTimeout 6", "ServerAliveInterval 5", "ServerAliveCountMax 3", "GSSAPIAuthentication no"];

export interface SshConfigOptions {
  /** The user's own ssh_config: it wins over the connection, except for the address of a host behind a jump host. */
  include: string;
  /** Where the text of knownHosts() is kept. */
  knownHostsFile: string;
  /** For a person at a terminal, whose own settings for forwarding and terminals hold. */
  interactive?: boolean;
  /** The way through the connection's jump host; without it ssh makes its own connection to that. */
  proxyCommand?: string;
}

/**
 * The ssh_config for one host and those on the way to it. @throws Error naming a value that cannot stand in an
 * ssh_config.
 */
export function sshConfig(host: string, connection: Connection, options: SshConfigOptions): string {
  const hops: [string, Connection][] =
    options.proxyCommand === undefined ? hopsOf(host, connection) : [[host, connection]];
  const pins = hops.filter(([, hop]) => hop.hostKey !== undefined);
  return [
    block("*", [...VERIFIED, ...(options.interactive ? [] : UNATTENDED)]),
    ...hops.filter(([, hop]) => isBehindJump(hop)).map(([name, hop]) => block(name, [hostName(hop.address!)])),
    ...pins.map(([name]) =>
      block(name, [
        `HostKeyAlias ${word(name, "host")}`,
        `UserKnownHostsFile ${quote(options.knownHostsFile)}`,
        ...PINNED,
      ]),
    ),
    block("*", [`Include ${quote(options.include)}`]),
    ...hops.map(([name, hop]) => block(name, settings(hop, options.proxyCommand))),
    block("*", DEFAULTS),
  ].join("\n");
}

/** The known_hosts lines for the pinned keys of a host and those on the way to it. */
export const knownHosts = (host: string, connection: Connection): string =>
  hopsOf(host, connection)
    .filter(([, hop]) => hop.hostKey !== undefined)
    .map(([name, hop]) => `${word(name, "host")} ${keyOf(hop.hostKey!)}\n`)
    .join("");

function hopsOf(host: string, connection: Connection): [string, Connection][] {
  const jump =
    connection.jump !== undefined && connection.jumpConnection
      ? hopsOf(connection.jump, connection.jumpConnection)
      : [];
  return [[host, connection], ...jump];
}

const hostName = (address: string): string => `HostName ${word(address, "address")}`;

/**
 * Its address is one that the jump host sees: no ssh_config of a user, written for where the user is, knows better. The
 * way there, it may.
 */
const isBehindJump = ({ jump, address }: Connection): boolean => jump !== undefined && address !== undefined;

function settings({ address, port, user, jump }: Connection, proxyCommand?: string): string[] {
  return [
    ...(address === undefined ? [] : [hostName(address)]),
    ...(port === undefined ? [] : [`Port ${port}`]),
    ...(user === undefined ? [] : [`User ${word(user, "user")}`]),
    ...(jump === undefined
      ? []
      : [proxyCommand === undefined ? `ProxyJump ${word(jump, "jump")}` : `ProxyCommand ${proxyCommand}`]),
  ];
}

const block = (host: string, lines: readonly string[]): string =>
  [`Host ${host === "*" ? host : word(host, "host")}`, ...lines.map((line) => `  ${line}`), ""].join("\n");

function word(value: string, field: string): string {
  if (/^[A-Za-z0-9_][A-Za-z0-9_.:@%-]*$/.test(value)) return value;
  throw new Error(
    `the connection's ${field} ${JSON.stringify(value)} cannot be used with ssh: letters, digits and . : _ @ % - only`,
  );
}

function quote(path: string): string {
  if (/["\n]/.test(path))
    throw new Error(`the path ${JSON.stringify(path)} cannot be used with ssh: it holds a quote or a line break`);
  return `"${path}"`;
}

function keyOf(hostKey: string): string {
  const match = /^((?:ssh|ecdsa|sk)-[a-z0-9@.-]+ [A-Za-z0-9+/]+=*)(?: .*)?$/.exec(hostKey.trim());
  if (!match)
    throw new Error(
      `the connection's hostKey ${JSON.stringify(hostKey)} is not an OpenSSH public key such as "ssh-ed25519 AAAA…"`,
    );
  return match[1]!;
}
