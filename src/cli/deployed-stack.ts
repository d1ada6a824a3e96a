import type { EngineTarget } from "../engine/run.ts";
import { startProviderEarly } from "./early-provider.ts";
import { runningLab } from "./lab-target.ts";

/** What the engine works on. */
export interface DeployedStack {
  name: string;
  lab: boolean;
  target: EngineTarget;
}

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

/**
 * Opens a stack for a command that is going to look at every host: the provider connects to them while the rest comes
 * up.
 */
export async function withEarlyProvider<Stack extends DeployedStack>(
  name: string,
  lab: boolean,
  open: () => Promise<Stack>,
): Promise<Stack> {
  const [stack, provider] = await Promise.all([open(), startProviderEarly(name, lab)]);
  if (provider === undefined) return stack;
  const attached = [stack.target.env.PULUMI_DEBUG_PROVIDERS, provider].filter(Boolean).join(",");
  return { ...stack, target: { ...stack.target, env: { ...stack.target.env, PULUMI_DEBUG_PROVIDERS: attached } } };
}
