import { createHash, randomBytes } from "node:crypto";
import type { Store } from "../store.ts";
import type { Json } from "./reply.ts";

export interface Tunnel {
  id: string;
  account: string;
  name: string;
  created_at: string;
  deleted_at: string | null;
  config_src: string;
  /** Base64. */
  secret: string;
  /** What it does with its visitors; none for one that was never told. */
  config: Json | null;
  /** Counts the changes of its configuration. */
  version: number;
  configured_at: string;
  /** When the last connection went; none while there is one, or there never was any. */
  left_at: string | null;
}

/** One of the connections that a connector keeps to the edge. */
export interface Connection {
  id: string;
  tunnel: string;
  /** The connector. */
  client: string;
  version: string;
  /** Which of its connections. */
  index: number;
  opened_at: string;
  origin_ip: string;
}

export const tunnelsOf = (store: Store) => store.collection<Tunnel>("cloudflare", "tunnels");
export const connectionsOf = (store: Store) => store.collection<Connection>("cloudflare", "tunnel_connections");

/** The connections of one tunnel. */
export const connectionsTo = (store: Store, tunnel: string): Connection[] =>
  connectionsOf(store)
    .list()
    .filter((each) => each.tunnel === tunnel);

/** Takes a connection away, and remembers when the last one of a tunnel went. */
export function disconnect(store: Store, { id, tunnel }: Connection): void {
  connectionsOf(store).delete(id);
  const left = tunnelsOf(store).get(tunnel);
  if (left && connectionsTo(store, tunnel).length === 0)
    tunnelsOf(store).put(tunnel, { ...left, left_at: new Date().toISOString() });
}

export const newSecret = (): string => randomBytes(32).toString("base64");

/** What a connector is given: account, tunnel and secret, as the vendor packs them. */
export const tokenOf = ({ account, id, secret }: Tunnel): string =>
  Buffer.from(JSON.stringify({ a: account, t: id, s: secret })).toString("base64");

/** Why a token opens no tunnel, in the vendor's words; the tunnel when it does. */
export function admit(store: Store, token: string): Tunnel | string {
  const { a, t, s } = parsed(token);
  const tunnel = tunnelsOf(store).get(String(t));
  if (!tunnel || tunnel.account !== a || tunnel.deleted_at !== null) return "Unauthorized: Tunnel not found";
  return same(tunnel.secret, String(s)) ? tunnel : "Unauthorized: Invalid tunnel secret";
}

function parsed(token: string): Json {
  try {
    return JSON.parse(Buffer.from(token, "base64").toString()) as Json;
  } catch {
    return {};
  }
}

const digest = (text: string): string => createHash("sha256").update(text).digest("hex");
const same = (a: string, b: string): boolean => digest(a) === digest(b);
