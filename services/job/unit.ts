import { systemdUnit } from "../../src/render/systemd.ts";
import { programService } from "../program/index.ts";

type Job = Parameters<typeof programService>[0] & { description: string };

/** A unit that runs to its end; nothing starts it but its timer or a person. */
export const jobUnit = (a: Job): string =>
  systemdUnit({
    Unit: { Description: a.description, Wants: "network-online.target", After: "network-online.target" },
    Service: { Type: "oneshot", ...programService(a) },
  });
