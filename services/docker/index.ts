import { z } from "zod";
import { aptSystems } from "../../src/model/platform.ts";
import { service } from "../../src/model/service.ts";

/** The Docker engine, from the distribution's package. */
export const docker = service("docker", {
  args: z.strictObject({}),
  runsOn: { os: aptSystems },
  render: (_, { release }) => ({
    // The command has been a package of its own since Debian 13.
    packages: ["docker.io", ...(release === 13 ? ["docker-cli"] : [])],
    units: { "docker.service": {} },
    checks: [{ kind: "command", command: "docker info" }],
  }),
});
