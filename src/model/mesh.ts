import { z } from "zod";
import { hostNameSchema } from "./host-schema.ts";
import { statusSchema } from "./status.ts";

/** A device of the mesh that the fleet doesn't manage, such as a laptop or a phone. */
const peerSchema = z.strictObject({ name: hostNameSchema, address: z.ipv4() });
/** 32 bytes in base64. */
export const wireguardKey = z
  .string()
  .regex(/^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/, "must be a public key of WireGuard, 44 characters in base64");

/** The private network over the internet that joins the fleet. A host takes part by its `mesh` address. */
export const meshSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("wireguard"),
    /** Every mesh address is inside it: "10.84.0.0/24". */
    network: z.cidrv4('must be a network such as "10.84.0.0/24"'),
    /** The host that every other one dials. */
    hub: hostNameSchema,
    port: z.int().min(1).max(65535).default(51820),
    /** They reach the hub, and on it what it opens to the mesh. */
    peers: z.array(peerSchema.extend({ publicKey: wireguardKey })).default([]),
    status: statusSchema,
  }),
  z.strictObject({
    type: z.literal("tailscale"),
    network: z.cidrv4().default("100.64.0.0/10"),
    /** The tailnet's DNS name; a host's own is below it, "pi5-alpha.tail1234.ts.net". */
    tailnet: z
      .string()
      .regex(/^[a-z0-9-]+\.ts\.net$/, 'must be a tailnet\'s DNS name, such as "tail1234.ts.net"')
      .optional(),
    /** Who reaches whom: everyone everything, or what follows from the services' ports and what depends on what. */
    policy: z.enum(["open", "derived"]).default("derived"),
    /** Who owns the fleet's tags, and reaches its hosts as a person does. */
    admins: z.array(z.string().min(1)).min(1).default(["autogroup:admin"]),
    /** Whether hosts run Tailscale's own SSH server, for which the policy says who logs in. */
    ssh: z.boolean().default(false),
    /** What the owner writes of the policy file, in HuJSON with comments. The fleet's own lines come after it. */
    document: z.string().default("{}"),
    peers: z.array(peerSchema).default([]),
    status: statusSchema,
  }),
]);
export type Mesh = z.output<typeof meshSchema>;

/** The service that joins a host to the mesh (meshServices()). */
export const MESH_SERVICE = "wireguard";

/**
 * The service that takes SSH away from the public: a host that has it is reached through the mesh, and never again
 * otherwise.
 */
export const SSH_IN_MESH = "ssh-mesh";
