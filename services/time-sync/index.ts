import { z } from "zod";
import { aptSystems } from "../../src/model/platform.ts";
import { service } from "../../src/model/service.ts";

/**
 * The clock follows time servers, by systemd-timesyncd. Without it certificates and tokens are judged by a wrong clock.
 */
export const timeSync = service("time-sync", {
  args: z.strictObject({}),
  runsOn: { os: [...aptSystems, "nixos"] },
  render: (_, host) =>
    host.os === "nixos"
      ? { options: { "services.timesyncd.enable": true }, units: { "systemd-timesyncd.service": {} } }
      : // A lab machine is a container with the clock of its host: there systemd never starts it.
        { packages: ["systemd-timesyncd"], units: { "systemd-timesyncd.service": { active: !host.standIns } } },
});
