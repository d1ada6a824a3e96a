import type { Port } from "../../src/model/port.ts";

/**
 * /etc/nftables.conf: everything that comes in is dropped but answers, the host's own, ping, and the ports that are
 * named.
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
# Written by fleet (services/firewall).
flush ruleset

table inet fleet {
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
