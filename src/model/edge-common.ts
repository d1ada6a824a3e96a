import { z } from "zod";
import { statusSchema } from "./status.ts";

/** What things at Cloudflare are called. */
export const edgeName = z
  .string()
  .regex(/^[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?$/, "must be letters, digits, _ and -, at most 63");

export const common = { name: edgeName, status: statusSchema, /** What it is for. */ purpose: z.string().optional() };

/** One of the name that exists is taken over and changed to what stands here; without, only one that is like this. */
export const adopt = z.boolean().optional();
