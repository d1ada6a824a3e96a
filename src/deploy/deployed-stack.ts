import type { EngineTarget } from "../engine/run.ts";
import { startProviderEarly } from "./early-provider.ts";

/** What the engine works on. */
export interface DeployedStack {
  name: string;
  lab: boolean;
  target: EngineTarget;
}

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
