import type { Plugin } from "../../../plugin/types.ts";
import { facts } from "./facts.ts";
import { localCommand, localRun } from "./local.ts";
import { copyToRemote, remoteCommand } from "./remote.ts";

/** The command provider, for labs where the official one cannot be had. */
export function createCommandPlugin(): Plugin {
  return {
    name: facts.package,
    version: facts.version,
    resources: {
      "command:local:Command": localCommand,
      "command:remote:Command": remoteCommand,
      "command:remote:CopyToRemote": copyToRemote,
    },
    functions: { "command:local:run": localRun },
  };
}
