import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { LocalWorkspace, PulumiCommand, type PulumiFn, type Stack } from "@pulumi/pulumi/automation/index.js";

const passphrase = crypto.randomUUID();
const fleetFolder = join(import.meta.dirname, "../../.fleet");

/**
 * A stack in a folder of its own whose program runs here, with the real engine of .fleet/bin and providers that it
 * attaches to.
 */
export async function openStack(
  folder: string,
  stackName: string,
  debugProviders: string,
  program: PulumiFn,
): Promise<Stack> {
  mkdirSync(join(folder, "state"), { recursive: true });
  return LocalWorkspace.createOrSelectStack(
    { stackName, projectName: "plugins", program },
    {
      pulumiCommand: await PulumiCommand.get({ root: fleetFolder }),
      workDir: folder,
      pulumiHome: join(folder, "home"),
      envVars: {
        PATH: `${join(fleetFolder, "bin")}:${process.env.PATH}`,
        PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
        PULUMI_CONFIG_PASSPHRASE: passphrase,
        PULUMI_DEBUG_PROVIDERS: debugProviders,
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        PULUMI_SKIP_UPDATE_CHECK: "true",
      },
    },
  );
}
