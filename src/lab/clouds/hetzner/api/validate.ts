import { isIP } from "node:net";
import { z } from "zod";
import type { CloudRequest } from "../../http/types.ts";
import { invalidInput, type FieldError } from "./errors.ts";
import { labelErrors, type Labels } from "./labels.ts";

/**
 * Reads a body; unknown fields are passed over, as the vendor does. @throws CloudError invalid_input that names every
 * wrong field.
 */
export function readBody<S extends z.ZodType>(request: CloudRequest, schema: S): z.infer<S> {
  const result = schema.safeParse(request.json());
  if (result.success) return result.data;
  const fields = new Map<string, FieldError>();
  for (const issue of result.error.issues) {
    const name = issue.path.join(".") || "body";
    const field = fields.get(name) ?? { name, messages: [] };
    field.messages.push(message(issue));
    fields.set(name, field);
  }
  throw invalidInput(...fields.values());
}

const message = (issue: z.core.$ZodIssue): string =>
  issue.code === "invalid_type" && issue.message.includes("received undefined") ? "is required" : issue.message;

export const labels = z.record(z.string(), z.string()).superRefine((value: Labels, context) => {
  for (const text of labelErrors(value).flatMap(({ messages }) => messages))
    context.addIssue({ code: "custom", message: text });
});

export const name = z.string().min(1, "is too short").max(255, "is too long");
/** RFC 1123, as the vendor asks of servers. */
export const hostname = name
  .max(253, "is too long")
  .regex(
    /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/,
    "must be a valid hostname",
  );
/** Many references may be given by id or by name. */
export const nameOrId = z.union([z.string(), z.int()]);
export const ipAddress = z.string().refine((text) => isIP(text) !== 0, "is not a valid IP address");
/** Absent and null mean the same to the vendor. */
export const optional = <S extends z.ZodType>(schema: S) => schema.nullish().transform((value) => value ?? undefined);
