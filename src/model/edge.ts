import { z } from "zod";
import { moneySchema } from "./cost.ts";
import { hostnameSchema } from "./dns-record.ts";
import { adopt, common, edgeName as name } from "./edge-common.ts";
import { parse, showValue } from "./errors.ts";
import { hostNameSchema } from "./host-schema.ts";
import { textSchema } from "./text.ts";
import { tunnelSchema, type Tunnel } from "./tunnel.ts";

/**
 * What stands at Cloudflare besides DNS. Host names given here bring their DNS record themselves: don't repeat it in
 * the zone.
 */

const hostnames = z.array(hostnameSchema).default([]);

/** An R2 bucket. */
export const bucketSchema = z.strictObject({
  ...common,
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/, "must be 3 to 63 lower-case letters, digits and hyphens"),
  /** Host names under which it is public. */
  customDomains: hostnames,
});

/** What a Worker sees under a name in `env`; things of the fleet by their names. */
export const bindingSchema = z.union(
  [
    z.strictObject({ kv: name }),
    z.strictObject({ d1: name }),
    z.strictObject({ bucket: z.string() }),
    z.strictObject({ worker: name }),
    z.strictObject({ secret: z.string() }),
    z.strictObject({ text: z.string() }),
  ],
  { error: "must be one of {kv}, {d1}, {bucket}, {worker}, {secret} or {text}" },
);

const bindingName = z.string().regex(/^[A-Za-z_]\w*$/, "must be a JavaScript name");

/** A Worker: a script that answers at the edge. */
export const workerSchema = z.strictObject({
  ...common,
  /** The script's ES module, as a path from the repository's root. */
  script: z
    .string()
    .regex(
      /^(?!\/)(?!.*\.\.)[^\0\n]+\.m?js$/,
      'must be a path inside the repository, such as "stacks/alaivos/workers/photon.js"',
    )
    .optional(),
  compatibilityDate: z.iso.date('must be a date such as "2026-01-01"').default("2026-01-01"),
  /** Host names that are the Worker's alone. */
  hostnames,
  /**
   * URL patterns of a zone that it answers beside other things: {pattern: "example.com/api/*", zone: "example.com"}.
   */
  routes: z.array(z.strictObject({ pattern: z.string().min(1), zone: hostnameSchema })).default([]),
  bindings: z.record(bindingName, bindingSchema).default({}),
  /** Bindings that are set elsewhere, such as secrets that were typed in: an upload leaves them as they are. */
  keep: z.array(bindingName).default([]),
  adopt,
});

/** A Pages project: a static site. */
export const pagesSchema = z.strictObject({
  ...common,
  name: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9-]{0,56}[a-z0-9])?$/, "must be lower-case letters, digits and hyphens, at most 58"),
  domains: hostnames,
  productionBranch: z.string().min(1).default("main"),
  adopt,
});

/** A KV namespace. */
export const kvSchema = z.strictObject({
  ...common,
  /** Keys that others write: known, never touched. */
  keys: z.array(z.string().min(1).max(512)).default([]),
  /** Keys that the fleet writes. */
  values: z.record(z.string().min(1).max(512), textSchema).default({}),
});

/** A D1 database. */
export const d1Schema = z.strictObject(common);

/** A load balancer over tunnels and hosts. */
export const loadBalancerSchema = z.strictObject({
  ...common,
  hostname: hostnameSchema,
  /** In order of preference; each a host or a tunnel of the fleet. */
  origins: z.array(z.union([z.strictObject({ host: hostNameSchema }), z.strictObject({ tunnel: name })])).min(1),
  steering: z.enum(["failover", "latency", "random"]).default("failover"),
  healthPath: z.string().startsWith("/").default("/health"),
  monthlyCost: moneySchema.optional(),
});

export const edgeSchema = z.strictObject({
  /** Cloudflare's account id. */
  account: z
    .string()
    .regex(/^[0-9a-f]{32}$/, "must be Cloudflare's account id, 32 hexadecimal digits")
    .optional(),
  buckets: z.array(bucketSchema).default([]),
  workers: z.array(workerSchema).default([]),
  pages: z.array(pagesSchema).default([]),
  kv: z.array(kvSchema).default([]),
  d1: z.array(d1Schema).default([]),
  tunnels: z.array(tunnelSchema).default([]),
  loadBalancers: z.array(loadBalancerSchema).default([]),
});
export type Edge = z.output<typeof edgeSchema>;
export type Bucket = z.output<typeof bucketSchema>;
export type Worker = z.output<typeof workerSchema>;
export type Binding = z.output<typeof bindingSchema>;
export type PagesProject = z.output<typeof pagesSchema>;
export type KvNamespace = z.output<typeof kvSchema>;
export type D1Database = z.output<typeof d1Schema>;
export type { Tunnel } from "./tunnel.ts";
export type LoadBalancer = z.output<typeof loadBalancerSchema>;

const made =
  <S extends z.ZodType>(schema: S, kind: string) =>
  (input: z.input<S>): z.output<S> =>
    parse(schema, input, `${kind} ${showValue((input as { name?: unknown } | undefined)?.name)}`);

export const bucket: (input: z.input<typeof bucketSchema>) => Bucket = made(bucketSchema, "bucket");
export const worker: (input: z.input<typeof workerSchema>) => Worker = made(workerSchema, "worker");
export const pages: (input: z.input<typeof pagesSchema>) => PagesProject = made(pagesSchema, "Pages project");
export const kv: (input: z.input<typeof kvSchema>) => KvNamespace = made(kvSchema, "KV namespace");
export const d1: (input: z.input<typeof d1Schema>) => D1Database = made(d1Schema, "D1 database");
export const tunnel: (input: z.input<typeof tunnelSchema>) => Tunnel = made(tunnelSchema, "tunnel");
export const loadBalancer: (input: z.input<typeof loadBalancerSchema>) => LoadBalancer = made(
  loadBalancerSchema,
  "load balancer",
);
/** Everything of a fleet that stands at Cloudflare besides DNS. @throws ModelError */
export const edge = (input: z.input<typeof edgeSchema>): Edge => parse(edgeSchema, input, "edge");
