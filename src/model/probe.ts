import { z } from "zod";
import { refSchema } from "./text.ts";

/**
 * A check from outside the machine: what a user of the service would see. Run by `fleet check`, never part of a change.
 * What has no name is reached at the host's address.
 */
export const probeSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("http"),
    tls: z.boolean().default(true),
    port: z.int().min(1).max(65535),
    /** The name that is asked, as a user would; the host's address when left out. */
    host: z.string().optional(),
    path: z.string().startsWith("/").default("/"),
    status: z.int().default(200),
    /** Headers the answer must have, by lower-case name; "*" accepts any value. */
    headers: z.record(z.string(), z.string()).default({}),
    /** Text that the body must contain. */
    body: z.string().optional(),
    /** Sent with the request; a secret by reference. */
    send: z.record(z.string(), z.union([z.string(), refSchema])).default({}),
  }),
  /**
   * A TURN allocation (RFC 8656) with time-limited HMAC credentials; with `peer`, a permission towards it that must be
   * refused.
   */
  z.strictObject({
    kind: z.literal("turn"),
    port: z.int(),
    realm: z.string(),
    secret: refSchema,
    refusedPeer: z.ipv4().optional(),
  }),
  /** The certificate that is shown for a name: its chain, whether it covers the name, and how long it is still valid. */
  z.strictObject({
    kind: z.literal("tls"),
    port: z.int(),
    /** Asked for as the TLS server name. */
    name: z.string(),
    /** Fewer days are too few. */
    daysLeft: z.int(),
    /** Authorities that this computer's system trusts, one in PEM besides, or, for a self-signed one, itself alone. */
    trust: z.union([z.enum(["authorities", "itself"]), z.strictObject({ authority: z.string() })]),
  }),
  z.strictObject({
    kind: z.literal("tcp"),
    port: z.int(),
    open: z.boolean().default(true),
    /** Another port of the host, which answers: without it nobody knows whether silence means that this one is closed. */
    beside: z.int().optional(),
  }),
]);
export type Probe = z.output<typeof probeSchema>;
