import { z } from "zod";
import type { CloudRequest } from "../../http/types.ts";
import { unprocessable } from "./errors.ts";

/** Reads a body; unknown fields are passed over, as the vendor does. @throws CloudError 422 that names the first fault. */
export function readBody<S extends z.ZodType>(request: CloudRequest, schema: S): z.infer<S> {
  const result = schema.safeParse(request.json());
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = issue?.path.join(".") || "body";
  const missing = issue?.code === "invalid_type" && issue.message.includes("received undefined");
  throw unprocessable(missing ? `${field} is required` : `${field}: ${issue?.message}`);
}

/** Absent and null mean the same to the vendor. */
export const optional = <S extends z.ZodType>(schema: S) => schema.nullish().transform((value) => value ?? undefined);
/** Many ids may come as numbers or as their text. */
export const numericId = z.union([z.int(), z.string().regex(/^\d+$/, "is not a number")]).transform(Number);
export const tagNames = optional(z.array(z.string()));
