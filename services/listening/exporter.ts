import type { BundleInput } from "../../src/model/bundle.ts";
import { afterNetworks } from "./index.ts";
import { execStart, systemdUnit } from "../../src/render/systemd.ts";

/** Words of a command, the program first. */
type Command = [string, ...string[]];

/** A drop-in that runs a package's unit by another command, after the daemon whose address it may listen on. */
export const runAs = (command: Command): string =>
  systemdUnit({
    Unit: afterNetworks,
    Service: { ExecStart: ["", execStart(command)] },
  });

/** One of Prometheus' own programs, from Debian's package: its command, and a page that must answer. */
export const prometheusProgram = (name: string, command: Command, url: string) =>
  ({
    packages: [name],
    units: { [`${name}.service`]: { dropIns: { fleet: runAs(command) } } },
    checks: [{ kind: "http", url }],
  }) satisfies BundleInput;
