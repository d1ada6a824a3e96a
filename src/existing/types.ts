/** Kinds of cloud things that can be adopted: each has a name that is unique at its provider. */
export type ExistingKind =
  | "hcloud:server"
  | "hcloud:firewall"
  | "cloudflare:record"
  | "cloudflare:bucket"
  | "cloudflare:kv"
  | "cloudflare:pages";

/** "kind/name" → the id that Pulumi imports it by. */
export type Existing = Record<string, string>;

/** Where a provider's API is and the token for it; without a token the provider is not asked. */
export interface Api {
  url: string;
  token: string | undefined;
}
