import { z } from "zod";
import { aptSystems } from "../../src/model/platform.ts";
import { service } from "../../src/model/service.ts";

/** The Docker engine, from the distribution's package. */
export const docker = service("docker", {
  args: z.strictObject({}),
  runsOn: { os: aptSystems },
  render: () => ({
    packages: ["docker.io"],
    units: { "docker.service": {} },
    checks: [{ kind: "command", command: "docker info" }],
  }),
});
