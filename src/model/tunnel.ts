import { z } from "zod";
import { adopt, common } from "./edge-common.ts";
import { canonicalHostname } from "./dns-form.ts";
import { hostnameSchema } from "./dns-record.ts";
import { hostNameSchema } from "./host-schema.ts";

const seconds = z.int().min(1);

/**
 * How cloudflared speaks to what is behind it, by Cloudflare's own names; times in seconds. Source: developers.cloudflare.com,
 * "Origin parameters".
 */
export const originSchema = z
  .strictObject({
    /** The origin's certificate is not checked: one that it signed itself. */
    noTLSVerify: z.boolean(),
    /** The name that its certificate has to have, where that is not the visitor's. */
    originServerName: hostnameSchema,
    /** Authorities in PEM that its certificate may be from, as a file on the tunnel's hosts. */
    caPool: z.string().startsWith("/"),
    /** The Host header that it gets in place of the visitor's. */
    httpHostHeader: z.string().min(1),
    /** HTTP/2 to an origin with TLS. */
    http2Origin: z.boolean(),
    disableChunkedEncoding: z.boolean(),
    connectTimeout: seconds,
    tlsTimeout: seconds,
    keepAliveTimeout: seconds,
    keepAliveConnections: z.int().min(1),
  })
  .partial();

const ingressSchema = z.strictObject({
  hostname: hostnameSchema,
  /** A regular expression of paths, such as "^/api/"; all paths when left out. */
  path: z.string().min(1).optional(),
  service: z.url({
    protocol: /^(https?|tcp|ssh|rdp|unix)$/,
    error: 'must be a URL such as "http://localhost:8000"',
  }),
  origin: originSchema.optional(),
});
type Ingress = z.output<typeof ingressSchema>;

/** A Cloudflare Tunnel: an outgoing connection from a host, through which visitors reach its services. */
export const tunnelSchema = z.strictObject({
  ...common,
  /** The hosts that run its connector, each with services/cloudflared: visitors go on while one of them is there. */
  hosts: z.array(hostNameSchema).min(1),
  /** Tried in this order. */
  ingress: z.array(ingressSchema).default([]).superRefine(refuseHidden),
  /** For every ingress that says nothing else. */
  origin: originSchema.optional(),
  /** What everything else gets. */
  fallback: z
    .string()
    .regex(/^http_status:[1-5]\d\d$/, 'must be such as "http_status:404"')
    .default("http_status:404"),
  /** A standby takes its host names only at a failover: no DNS record points to it. */
  standby: z.boolean().default(false),
  adopt,
});
export type Tunnel = z.output<typeof tunnelSchema>;

/** Its host names, each once, in the one form. */
export const hostnamesOfTunnel = ({ ingress }: Pick<Tunnel, "ingress">): string[] => [
  ...new Set(ingress.map(({ hostname }) => canonicalHostname(hostname))),
];

/** An ingress that an earlier one leaves nothing for is a mistake in the order. */
function refuseHidden(ingress: Ingress[], context: z.RefinementCtx): void {
  ingress.forEach((later, i) => {
    const by = ingress.slice(0, i).find((earlier) => takesAll(earlier, later));
    if (by)
      context.addIssue({
        code: "custom",
        path: [i, "hostname"],
        message: `is never reached: ${by.hostname} before it takes all of it, so put it first`,
        input: later.hostname,
      });
  });
}

function takesAll(earlier: Ingress, later: Ingress): boolean {
  if (earlier.path !== undefined && earlier.path !== later.path) return false;
  const [wide, name] = [canonicalHostname(earlier.hostname), canonicalHostname(later.hostname)];
  return wide === name || (wide.startsWith("*.") && name.endsWith(wide.slice(1)));
}
