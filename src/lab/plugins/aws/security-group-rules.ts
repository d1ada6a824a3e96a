import type { IpPermission } from "@aws-sdk/client-ec2";

/** One entry of a group's ingress or egress, as programs declare it. */
export type Rule = {
  /** tcp, udp, or -1 for all. */
  protocol: string;
  fromPort: number;
  toPort: number;
  cidrBlocks?: string[];
  ipv6CidrBlocks?: string[];
  description?: string;
};

/** A rule for one network: what AWS adds, takes away and counts. */
export interface Atom {
  /** What makes it the same as another. */
  key: string;
  rule: Rule;
  permission: IpPermission;
}

/** Entries → a rule for each of their networks. */
export const takeApart = (rules: readonly Rule[]): Atom[] =>
  rules.flatMap((rule) => {
    const { cidrBlocks = [], ipv6CidrBlocks = [], ...common } = rule;
    return [
      ...cidrBlocks.map((cidr) => atom({ ...common, cidrBlocks: [cidr] })),
      ...ipv6CidrBlocks.map((cidr) => atom({ ...common, ipv6CidrBlocks: [cidr] })),
    ];
  });

/**
 * What is found, in the entries and the order in which it was declared; what nobody declared comes last. An entry of
 * which nothing is left is left out.
 */
export function combine(found: readonly Atom[], declared: readonly Rule[]): Rule[] {
  const left = new Map(found.map((each) => [each.key, each]));
  const kept = declared.map((rule) => takeApart([rule]).filter(({ key }) => left.delete(key)));
  const strangers = Map.groupBy(left.values(), ({ rule: { protocol, fromPort, toPort, description } }) =>
    JSON.stringify([protocol, fromPort, toPort, description]),
  );
  return [...kept, ...strangers.values()].filter((parts) => parts.length > 0).map(together);
}

/** Rules for several networks as one entry. */
function together(parts: readonly Atom[]): Rule {
  const { cidrBlocks: _v4, ipv6CidrBlocks: _v6, ...common } = parts[0]!.rule;
  const cidrBlocks = parts.flatMap(({ rule }) => rule.cidrBlocks ?? []);
  const ipv6CidrBlocks = parts.flatMap(({ rule }) => rule.ipv6CidrBlocks ?? []);
  return {
    ...common,
    ...(cidrBlocks.length > 0 && { cidrBlocks }),
    ...(ipv6CidrBlocks.length > 0 && { ipv6CidrBlocks }),
  };
}

function atom(rule: Rule): Atom {
  const [v4, v6] = [rule.cidrBlocks?.[0], rule.ipv6CidrBlocks?.[0]];
  // All protocols have no ports.
  const ports = rule.protocol === "-1" ? {} : { FromPort: rule.fromPort, ToPort: rule.toPort };
  const Description = rule.description;
  return {
    key: JSON.stringify([rule.protocol, ports, v4, v6, Description ?? ""]),
    rule,
    permission: {
      IpProtocol: rule.protocol,
      ...ports,
      ...(v4 && { IpRanges: [{ CidrIp: v4, Description }] }),
      ...(v6 && { Ipv6Ranges: [{ CidrIpv6: v6, Description }] }),
    },
  };
}
