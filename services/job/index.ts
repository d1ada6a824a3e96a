import { z } from "zod";
import { timerSchema } from "../../src/model/schedule.ts";
import { service } from "../../src/model/service.ts";
import { timerUnit } from "../../src/render/systemd.ts";
import { fitTogether, programBundle, programNeeds, programShape } from "../program/index.ts";
import { jobUnit } from "./unit.ts";

/**
 * A program of the owner's own that runs and ends: on a systemd timer, or by hand when `when` is left out. Under an
 * account of its own, as services/app.
 */
export const job = service("job", {
  args: z.strictObject({ ...programShape, when: timerSchema.optional() }).superRefine(fitTogether),
  instance: (a) => a.name,
  dependsOn: programNeeds,
  render: (a, host) => ({
    ...programBundle(a, host, "end"),
    units: {
      [`${a.name}.service`]: { text: jobUnit(a), enabled: false, active: false, onChange: "nothing" },
      ...(a.when && { [`${a.name}.timer`]: { text: timerUnit({ description: a.description, timer: a.when }) } }),
    },
  }),
});
