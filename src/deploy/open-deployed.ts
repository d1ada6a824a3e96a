import { type DeployedStack, withEarlyProvider } from "./deployed-stack.ts";
import { runningLab } from "./lab-target.ts";

/**
 * Opens a stack to look at what its last `up` left. The files of a fleet whose lab runs are not read: they may say
 * something else by now, and loading them takes as long as the look itself.
 *
 * @throws Error naming what is wrong
 */
export const openDeployed = (name: string, { lab = false }: { lab?: boolean }): Promise<DeployedStack> =>
  withEarlyProvider(name, lab, async () => {
    const target = lab ? await runningLab(name) : undefined;
    return target ? { name, lab, target } : (await import("./stack.ts")).openStack(name, { lab });
  });
