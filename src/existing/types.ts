/**
 * Kinds of cloud things that can be adopted: each has a name that is unique at its provider; at AWS, that of the host.
 */
export type ExistingKind =
  | "hcloud:server"
  | "hcloud:firewall"
  | "aws:instance"
  | "aws:key-pair"
  | "aws:security-group"
  | "aws:eip"
  | "cloudflare:record"
  | "cloudflare:bucket"
  | "cloudflare:kv"
  | "cloudflare:pages";

/**
 * "kind/name" → the id that Pulumi imports it by; and "hcloud:address/name" or "aws:address/name" → the IPv4 address of
 * a server.
 */
export type Existing = Record<string, string>;

/** What exists at the providers, and which of it the stack's state does not hold yet. Found out before each run. */
export interface CloudView {
  existing: Existing;
  /** Keys of `existing` that are to be taken into the state by this run. */
  adopt: readonly string[];
  /**
   * Take them as they are found, whatever the program declares: for the run that adopts. A preview shows the difference
   * instead.
   */
  asFound: boolean;
  /** Hosts that are deployed now; all when left out. Those of later stages are as if they were only planned. */
  hosts?: readonly string[];
  /** Hosts that never had their mesh, to be reached at their public address, through the hub, this once. */
  firstBoot?: readonly string[];
  /** Machine images for new instances, by region, where neither the host file nor the stack's configuration has one. */
  images?: Record<string, string>;
}

/** Where a provider's API is and the token for it; without a token the provider is not asked. */
export interface Api {
  url: string;
  token: string | undefined;
}
