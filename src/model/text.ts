import { z } from "zod";

/**
 * A value that is known only when the fleet is deployed. Renders stay pure by naming it;
 * components put the value in its place.
 *
 * - `secret`: a value of the stack's secrets, by name
 * - `private-key`, `public-key`: halves of an SSH key pair that the fleet makes itself, by name
 * - `token`: a random value of 32 letters and digits that the fleet makes itself, by name
 * - `address`: a host's public IPv4 address, by host name
 * - `host-key`: a host's public SSH host key, as "ssh-ed25519 AAAA…", by host name
 * - `tunnel-token`: what lets a connector carry one of the fleet's Cloudflare Tunnels, by the tunnel's name
 * - `tailnet-key`: a key that lets one host into the fleet's tailnet, by host name
 * - `mesh-key`: a host's WireGuard public key, by host name; followed by a space and its next one while it gets one
 */
export const refSchema = z.strictObject({
  ref: z.enum([
    "secret",
    "private-key",
    "public-key",
    "token",
    "address",
    "host-key",
    "mesh-key",
    "tailnet-key",
    "tunnel-token",
  ]),
  name: z.string().min(1),
});
export type Ref = z.infer<typeof refSchema>;

/** Text of a file or an argument: a plain string, or pieces of which some are known only later. */
export const textSchema = z.union([z.string(), z.strictObject({ parts: z.array(z.union([z.string(), refSchema])) })]);
export type Text = z.infer<typeof textSchema>;

/** A secret of the stack by name. Its value never passes through the model. */
export const secret = (name: string): Ref => ({ ref: "secret", name });
export const privateKey = (name: string): Ref => ({ ref: "private-key", name });
export const publicKey = (name: string): Ref => ({ ref: "public-key", name });
/** The same name is the same token, on whatever host it is used. */
export const token = (name: string): Ref => ({ ref: "token", name });
/** A host's public IPv4 address, the only kind of reference that a DNS record takes. */
export type AddressRef = Ref & { ref: "address" };
export const addressOf = (host: string): AddressRef => ({ ref: "address", name: host });
export const hostKeyOf = (host: string): Ref => ({ ref: "host-key", name: host });
export const tunnelTokenOf = (tunnel: string): Ref => ({ ref: "tunnel-token", name: tunnel });
export const tailnetKeyOf = (host: string): Ref => ({ ref: "tailnet-key", name: host });
export const meshKeyOf = (host: string): Ref => ({ ref: "mesh-key", name: host });

type Piece = string | number | Ref | Text;

/** Template tag: text`user=${name} password=${secret("DB_PASSWORD")}`. Plain pieces collapse into a string. */
export function text(strings: TemplateStringsArray, ...values: Piece[]): Text {
  return joinText(strings.flatMap((s, i) => (i < values.length ? [s, values[i]!] : [s])));
}

/** Joins pieces into one text, merging neighbouring strings. */
export function joinText(pieces: readonly Piece[], separator = ""): Text {
  const parts: (string | Ref)[] = [];
  const push = (part: string | Ref) => {
    const last = parts.at(-1);
    if (typeof part === "string" && typeof last === "string") parts[parts.length - 1] = last + part;
    else parts.push(part);
  };
  pieces.forEach((piece, i) => {
    if (i > 0 && separator) push(separator);
    if (typeof piece === "object" && "parts" in piece) piece.parts.forEach(push);
    else push(typeof piece === "number" ? String(piece) : piece);
  });
  if (parts.every((p) => typeof p === "string")) return parts.join("");
  return { parts: parts.filter((p) => p !== "") };
}

/** Every reference inside a text, in order. */
export const refsOf = (value: Text): Ref[] =>
  typeof value === "string" ? [] : value.parts.filter((p): p is Ref => typeof p !== "string");

/** References anywhere inside plain data, each once. */
export function deepRefs(value: unknown): Ref[] {
  const found = new Map<string, Ref>();
  const walk = (v: unknown): void => {
    if (typeof v !== "object" || v === null) return;
    const ref = refSchema.safeParse(v);
    if (ref.success) found.set(`${ref.data.ref} ${ref.data.name}`, ref.data);
    else Object.values(v).forEach(walk);
  };
  walk(value);
  return [...found.values()];
}

/** Whether a text holds a value that must never be shown. */
export const isSecret = (value: Text): boolean =>
  refsOf(value).some((r) => ["secret", "private-key", "token", "tailnet-key", "tunnel-token"].includes(r.ref));
