import { z } from "zod";
import { findingKinds } from "../audit/types.ts";
import { moneySchema } from "../model/cost.ts";
import type { AuditReport } from "./audit.ts";

const place = {
  place: z.string().describe('"Hetzner Cloud", "Cloudflare", "AWS eu-west-2", or the name of a host'),
  host: z.string().nullable().describe("The host; null at a provider"),
};
const range = z.tuple([z.number(), z.number()]).describe("From, to");

/** The format of an audit report, version 1: fields may be added, none is taken away or changes its meaning. */
export const auditSchema = z
  .object({
    version: z.literal(1),
    stack: z.string(),
    summary: z.object({
      found: z.int().min(0),
      unknown: z.int().min(0),
      monthlyCost: z.object({ eur: range, usd: range }).describe("Of all findings whose cost is known"),
    }),
    places: z.array(
      z.object({
        ...place,
        status: z.enum(["clean", "found", "unknown"]).describe("unknown: it, or a part of it, could not be looked at"),
      }),
    ),
    findings: z.array(
      z.object({
        ...place,
        kind: z.enum(findingKinds),
        name: z.string().describe("What it is called there; of a key, its fingerprint"),
        detail: z.string().describe("What else tells whether it may go; never a secret"),
        monthlyCost: moneySchema.optional(),
        pulumi: z.object({ type: z.string(), id: z.string() }).optional().describe("What `pulumi import` takes"),
        lines: z
          .object({ file: z.string(), within: z.string().optional(), text: z.string() })
          .optional()
          .describe("What would declare it, and where"),
      }),
    ),
    unknown: z.array(z.object({ ...place, reason: z.string() })),
  })
  .describe("What `fleet audit --format json` prints") satisfies z.ZodType<AuditReport>;

/** The same as JSON Schema: docs/audit.schema.json. */
export const auditJsonSchema = (): object => z.toJSONSchema(auditSchema, { io: "input" });
