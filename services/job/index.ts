import { z } from "zod";
import { timerSchema } from "../../src/model/schedule.ts";
import { service } from "../../src/model/service.ts";
import { timerUnit } from "../../src/render/systemd.ts";
import { environmentFile, secretsSchema } from "../app/environment.ts";
import { secretPath } from "../secrets-dir/index.ts";
import { mustExist, standInFile } from "../stand-in/index.ts";
import { jobUnit } from "./unit.ts";

/** A program of the owner's own that runs and ends: on a systemd timer, or by hand when `when` is left out. As root. */
export const job = service("job", {
  args: z.strictObject({
    name: z.string().regex(/^[a-z][a-z0-9-]{0,60}$/, "must be lower-case letters, digits and -"),
    description: z.string(),
    run: z.string().regex(/^\/[\w./-]+$/, "must be an absolute path"),
    when: timerSchema.optional(),
    secrets: secretsSchema.default({}),
  }),
  instance: (a) => a.name,
  dependsOn: (a) => (Object.keys(a.secrets).length ? ["secrets-dir"] : []),
  render: (a, host) => ({
    files: {
      ...environmentFile(secretPath(`${a.name}.env`), a.secrets),
      ...standInFile(host, a.run, a.name, "end"),
    },
    units: {
      [`${a.name}.service`]: { text: jobUnit(a), enabled: false, active: false, onChange: "nothing" },
      ...(a.when && { [`${a.name}.timer`]: { text: timerUnit({ description: a.description, timer: a.when }) } }),
    },
    validations: [mustExist(a.run)],
  }),
});
