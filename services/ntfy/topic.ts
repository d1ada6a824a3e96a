import { z } from "zod";

/** Where alerts are published: an ntfy server, without a slash at its end, and a topic there. */
export const ntfySchema = z.strictObject({
  server: z
    .string()
    .regex(/^https?:\/\/[\w.:-]+$/, 'must be the URL of an ntfy server, such as "http://10.84.0.1:2586"'),
  topic: z.string().regex(/^[\w-]{1,64}$/, "must be letters, digits, - and _, at most 64"),
});
