import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { pulumi, type EngineTarget } from "../engine/run.ts";
import { assertFleet } from "../load/assert.ts";
import { loadFleet, ROOT, type LoadedFleet } from "../load/fleet.ts";
import { ensureSetup } from "./ensure-setup.ts";
import type { DeployedStack } from "./deployed-stack.ts";
import { prepareLab } from "./lab-stack.ts";
import { CliError } from "../terminal/output.ts";
import { withTools } from "./tools.ts";

/**
 * A stack that commands can work on: its fleet is valid, the engine is there, and the environment says where everything
 * is.
 */
export interface OpenStack extends LoadedFleet, DeployedStack {}

/**
 * Opens a stack. In the lab this starts whatever is not running yet.
 *
 * @throws Error naming what is wrong before anything is touched
 */
export const openStack = async (name: string, options: { lab?: boolean }): Promise<OpenStack> =>
  openFleet(await loadFleet(name), options);

/** Opens the stack of a fleet that is loaded already. */
export async function openFleet(loaded: LoadedFleet, { lab = false }: { lab?: boolean }): Promise<OpenStack> {
  const { name } = loaded.fleet;
  assertFleet(loaded);
  await ensureSetup({ lab });
  const target = lab ? await prepareLab(loaded) : realTarget(name);
  await ensureStack(target);
  return { ...loaded, name, lab, target };
}

/** Real clouds: state, tokens and passphrase are where the user's own Pulumi settings say. */
export const realTarget = (stack: string): EngineTarget => ({ stack, cwd: ROOT, env: withTools(process.env) });

/**
 * Makes the stack in its backend when it is not there. A file backend is looked at directly: asking the CLI costs a
 * third of a second.
 */
async function ensureStack(target: EngineTarget): Promise<void> {
  const backend = target.env.PULUMI_BACKEND_URL;
  if (backend?.startsWith("file://")) {
    const state = join(fileURLToPath(backend), ".pulumi", "stacks", "fleet", `${target.stack}.json`);
    if (existsSync(state)) return;
  }
  await pulumi(["stack", "select", target.stack, "--create", "--non-interactive"], target).catch((error: Error) => {
    throw /PULUMI_ACCESS_TOKEN|pulumi login/.test(error.message) ? new CliError(NO_BACKEND) : error;
  });
}

const NO_BACKEND =
  "there is no place for the state of real stacks yet: " +
  "run `pulumi login` or set PULUMI_BACKEND_URL (docs/state.md); to try everything without, add --lab";
