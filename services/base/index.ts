import { z } from "zod";
import { aptSystems } from "../../src/model/platform.ts";
import { service } from "../../src/model/service.ts";

/** What every host gets: what health checks and scheduled jobs need, and the host's time zone. */
export const base = service("base", {
  args: z.strictObject({}),
  runsOn: { os: aptSystems },
  render: (_, host) => ({
    packages: ["ca-certificates", "cron", "curl"],
    timeZone: host.timeZone,
    units: { "cron.service": {} },
  }),
});
