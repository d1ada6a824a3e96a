import { z } from "zod";
import { ignoreSchema } from "../model/ignore.ts";
import type { DriftReport } from "./drift.ts";

const difference = {
  path: z
    .string()
    .describe(
      'The property, such as files["/etc/nginx/nginx.conf"].mode; an element of a set by what identifies it, such as ' +
        'ingress["8443/tcp from 0.0.0.0/0"]; empty for the resource as a whole',
    ),
  declared: z
    .unknown()
    .describe(
      'What the last `up` declared; "absent" for nothing, "present" for what is there and holds no more to tell, "[secret]" for a secret',
    ),
  found: z.unknown().describe("What is there, in the same way"),
};
const known = z.literal(true).optional().describe("The report given with --since had it already");

/** The format of a drift report, version 1: fields may be added, none is taken away or changes its meaning. */
export const driftSchema = z
  .object({
    version: z.literal(1),
    stack: z.string(),
    summary: z
      .object({ same: z.int().min(0), drifted: z.int().min(0), unknown: z.int().min(0) })
      .describe("How many resources have each status"),
    resources: z.array(
      z.object({
        urn: z.string().describe("Unique in the stack"),
        host: z
          .string()
          .nullable()
          .describe("The machine that it belongs to; null for what stands at a provider alone"),
        name: z.string(),
        status: z.enum(["same", "drifted", "unknown"]).describe("unknown: it could not be looked at"),
        changes: z.array(z.object({ ...difference, known })),
        reason: z.string().optional().describe("Why it is unknown"),
        unreached: z.string().optional().describe("Why the last `up` did not bring it to what it declared"),
        failedOver: z
          .object({
            since: z.string().describe("When: 2026-11-30T07:18:19Z"),
            by: z.string(),
            from: z.string().describe("The tunnel that the files lead it to"),
            to: z.string().describe("The tunnel that it leads to now"),
            why: z.string().optional(),
          })
          .optional()
          .describe("A host name that `fleet failover` has moved: it counts as declared"),
        known,
        fix: z
          .object({
            result: z.enum(["healed", "left", "failed"]).describe("left: it was not touched"),
            reason: z.string().optional().describe("Why it was not healed"),
          })
          .optional()
          .describe("What --fix made of it; everything else is as it was found before"),
        ignored: z
          .array(z.object({ ...difference, reason: z.string(), until: z.iso.date() }))
          .optional()
          .describe("Differences that a rule of the stack lets pass: they count as declared"),
      }),
    ),
    lastUp: z
      .object({
        begun: z.string().describe("When: 2026-11-21T10:28:00.000Z"),
        ended: z.string().optional().describe("Left out when it has not: it was killed, or is still under way"),
        edited: z
          .literal(true)
          .optional()
          .describe("The files are not those of that `up`: what they declare now is told"),
      })
      .optional()
      .describe("The last `up`, where it did not reach all that it declared"),
    expired: z.array(ignoreSchema).optional().describe("Rules whose last day is over"),
    problems: z.array(z.string()).optional().describe("Why nothing could be looked at"),
  })
  .describe("What `fleet drift --format json` prints") satisfies z.ZodType<DriftReport>;

/** @throws Error when a text is no report of drift */
export function parseDriftReport(text: string): DriftReport {
  const parsed = driftSchema.safeParse(jsonIn(text));
  if (!parsed.success) throw new Error("it is not what `fleet drift --format json` prints");
  return parsed.data;
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The same as JSON Schema: docs/drift.schema.json. */
export const driftJsonSchema = (): object => z.toJSONSchema(driftSchema, { io: "input" });
