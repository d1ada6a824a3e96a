import { z } from "zod";
import { service } from "../../src/model/service.ts";
import { isSecret, textSchema } from "../../src/model/text.ts";

/** A file with secrets at the place where an owner's program looks for it. Only root reads it. */
export const secretFile = service("secret-file", {
  args: z.strictObject({
    name: z.string(),
    path: z.string().startsWith("/", "must be an absolute path"),
    content: textSchema.refine(isSecret, 'holds no secret: use text`…${secret("NAME")}…`'),
  }),
  instance: (a) => a.name,
  render: (a) => ({ files: { [a.path]: { content: a.content, mode: "0600" } } }),
});
