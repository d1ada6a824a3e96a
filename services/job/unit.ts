import { systemdUnit } from "../../src/render/systemd.ts";
import { secretPath } from "../secrets-dir/index.ts";

/** A unit that runs to its end; nothing starts it but its timer or a person. */
export const jobUnit = (a: { name: string; description: string; run: string; secrets: object }): string =>
  systemdUnit({
    Unit: { Description: a.description, Wants: "network-online.target", After: "network-online.target" },
    Service: {
      Type: "oneshot",
      ExecStart: a.run,
      ...(Object.keys(a.secrets).length && { EnvironmentFile: secretPath(`${a.name}.env`) }),
    },
  });
