import type { Port } from "../../src/model/port.ts";

/** The only table that is ours. Docker, Podman and whoever makes rules by hand have tables of their own. */
const TABLE = "inet fleet";

/** Takes our table away. It is made first, because what is not there cannot be deleted. */
const withoutTable = (separator: string): string => `table ${TABLE}${separator}delete table ${TABLE}`;

/**
 * /etc/nftables.conf: everything that comes in is dropped but answers, the host's own, ping, and the ports that are
 * named. `nft -f` reads it as one transaction: the old table goes and the new one comes at once, or nothing changes.
 */
export const nftablesConf = ({
  open,
  mesh,
  meshInterface,
}: {
  open: readonly Port[];
  mesh: readonly Port[];
  meshInterface: string;
}): string => `#!/usr/sbin/nft -f
# Written by fleet (services/firewall). Only its own table is replaced.
${withoutTable("\n")}

table ${TABLE} {
    chain input {
        type filter hook input priority filter; policy drop;
        ct state established,related accept
        ct state invalid drop
        iif lo accept
        meta l4proto { icmp, ipv6-icmp } accept
${[...open.map((port) => rule("", port)), ...mesh.map((port) => rule(`iifname "${meshInterface}" `, port))].join(
  "",
)}    }
}
`;

const rule = (from: string, { protocol, range }: Port): string =>
  `        ${from}${protocol} dport ${range.from === range.to ? range.from : `${range.from}-${range.to}`} accept\n`;

/** Debian's own nftables.service stops with `flush ruleset`, and takes everybody's rules along. */
export const stopDropIn = `[Service]\nExecStop=\nExecStop=/usr/sbin/nft "${withoutTable("; ")}"\n`;
