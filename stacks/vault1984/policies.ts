import {
  independent,
  labelled,
  neverProxied,
  noPublicSsh,
  onlyArch,
  type Who,
  without,
} from "../../src/model/policies.ts";

const spokes: Who = (host) => host.roles.includes("spoke");

/** The owner's principles in the words of the document, those that can be checked with their check. */
export const policies = {
  "no-caddy-on-spokes": without(
    "No Caddy on spokes: the binary does TLS by itself, one process and one misconfiguration fewer",
    ["caddy", "nginx"],
    spokes,
  ),
  "no-cloudflare-proxy": neverProxied("DNS only: a password vault behind a third party's proxy breaks its trust model"),
  "no-public-ssh": noPublicSsh("SSH on the WireGuard interface only; the public internet sees 80 and 443", spokes),
  "independent-nodes": independent("Nodes are independent: no replication, a user's vault lives on one node", spokes),
  "arm-only": onlyArch("ARM/Graviton only, the cheapest there is at this size", "arm64", spokes),
  "tags-on-everything": labelled(
    "Everything in the cloud says whose it is and what for",
    ["fleet", "host", "role", "managed-by"],
    spokes,
  ),
  "nixos-everywhere": "NixOS everywhere: one file per node in the repository, no drift, two generations at most",
  "same-stack": "Every spoke runs the same minimal stack",
  "hans-dedicated": "HQ is for vault1984 only",
  naming: "A node's name is its subdomain of vault1984.com",
};
