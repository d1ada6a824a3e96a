import { z } from "zod";

/**
 * As much of the schema of SARIF 2.1.0 as drift uses, as strict as the schema is: no other property is allowed.
 * test/lab/schemas.test.ts has the schema itself.
 */

const text = z.strictObject({ text: z.string().min(1) });
const level = z.enum(["none", "note", "warning", "error"]);
const uri = z
  .string()
  .regex(/^[A-Za-z0-9%._~!$&'()*+,;=:@/-]+$/, "must be a URI reference")
  .refine((value) => !/%(?![0-9A-Fa-f]{2})/.test(value), "has a % that escapes nothing");

const location = z.strictObject({
  physicalLocation: z.strictObject({
    artifactLocation: z.strictObject({ uri }),
    region: z.strictObject({ startLine: z.int().min(1) }),
  }),
  logicalLocations: z
    .array(z.strictObject({ name: z.string(), fullyQualifiedName: z.string(), kind: z.string() }))
    .optional(),
});

const result = z.strictObject({
  ruleId: z.string(),
  ruleIndex: z.int().min(-1),
  level,
  message: text,
  locations: z.array(location),
  partialFingerprints: z.record(z.string(), z.string()),
});

const rule = z.strictObject({
  id: z.string(),
  shortDescription: text,
  fullDescription: text,
  help: text,
  defaultConfiguration: z.strictObject({ level }),
});

export const sarif = z
  .strictObject({
    $schema: z.url(),
    version: z.literal("2.1.0"),
    runs: z.array(
      z.strictObject({
        tool: z.strictObject({ driver: z.strictObject({ name: z.string(), rules: z.array(rule) }) }),
        invocations: z.array(
          z.strictObject({
            executionSuccessful: z.boolean(),
            toolExecutionNotifications: z.array(z.strictObject({ level, message: text })).optional(),
          }),
        ),
        columnKind: z.enum(["utf16CodeUnits", "unicodeCodePoints"]),
        results: z.array(result),
      }),
    ),
  })
  .superRefine(({ runs }, context) => {
    for (const { tool, results } of runs) {
      for (const { ruleId, ruleIndex } of results)
        if (tool.driver.rules[ruleIndex]?.id !== ruleId)
          context.addIssue({ code: "custom", message: `rule ${ruleIndex} is not ${ruleId}` });
    }
  });
