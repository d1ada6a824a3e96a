import { z } from "zod";
import { parse, showValue } from "./errors.ts";

export const ignoreSchema = z.strictObject({
  /**
   * The resource by its name, as drift prints it: "ghost-01/nginx", "www.example.com A". * stands for anything but a
   * slash.
   */
  resource: z.string().min(1),
  /**
   * The property and all below it, as drift prints it: files["/etc/nginx/nginx.conf"]. Everything of the resource when
   * left out.
   */
  path: z.string().min(1).optional(),
  /** Why it may differ, for whoever finds the rule. */
  reason: z.string().min(1),
  /**
   * The last day on which it may. After that the rule is a failure until somebody removes it or gives it another day.
   */
  until: z.iso.date('must be a day such as "2027-01-31"'),
});
/** Drift that somebody knows of and lives with for a while. */
export type IgnoreRule = z.output<typeof ignoreSchema>;

/** What stacks/<stack>/ignore.ts exports a list of. @throws ModelError */
export const ignoreDrift = (input: z.input<typeof ignoreSchema>): IgnoreRule =>
  parse(ignoreSchema, input, `ignore rule for ${showValue(input?.resource)}`);
