import { z } from "zod";
import { cronScheduleSchema } from "../../src/model/schedule.ts";
import { service } from "../../src/model/service.ts";
import { mustExist, standInFile } from "../stand-in/index.ts";

/**
 * A program of the owner's own that cron starts, once for each slot, as root. It is called with the slot's name; what
 * it prints goes to the journal.
 */
export const cronJob = service("cron-job", {
  args: z.strictObject({
    name: z.string().regex(/^[a-z][a-z0-9-]{0,60}$/, "must be lower-case letters, digits and -"),
    run: z.string().regex(/^\/[\w./-]+$/, "must be an absolute path"),
    /** Slot → when, in the host's time zone: {morning: daily("07:00")}. */
    slots: z
      .record(z.string().regex(/^[a-z0-9]+$/, "must be lower-case letters and digits"), cronScheduleSchema)
      .refine((slots) => Object.keys(slots).length > 0, "must name at least one slot"),
  }),
  instance: (a) => a.name,
  dependsOn: () => ["base"],
  render: (a, host) => ({
    files: standInFile(host, a.run, a.name, "end"),
    cron: Object.fromEntries(
      Object.entries(a.slots).map(([slot, schedule]) => [
        `${a.name}-${slot}`,
        { schedule, command: `systemd-cat -t ${a.name} ${a.run} ${slot}` },
      ]),
    ),
    validations: [mustExist(a.run)],
  }),
});
