import { spawn } from "node:child_process";
import { join } from "node:path";
import { labEnvironment } from "../lab/status.ts";
import { fleetDir, root } from "../setup/paths.ts";
import { withTools } from "./tools.ts";

const PROVIDER = join(root, "src", "provider", "main.ts");

/**
 * Starts the fleet provider for a command that is going to look at every host, before anything else: it and its
 * connections come up while the engine does. It ends with this process.
 * @returns what the engine needs to find it, as "fleet:PORT"; nothing when the lab is still to be started, and then the
 * engine starts the provider itself
 */
export async function startProviderEarly(stack: string, lab: boolean): Promise<string | undefined> {
  const env = lab ? await labEnvironment(stack).catch(() => undefined) : {};
  if (env === undefined) return undefined;
  const file = join(fleetDir, "connections", `${stack}${lab ? "-lab" : ""}.json`);
  const provider = spawn(process.execPath, [PROVIDER, "attached", file], {
    env: { ...withTools(process.env), ...env },
    stdio: ["pipe", "pipe", "inherit"],
    detached: true,
  });
  process.on("exit", () => provider.kill("SIGTERM"));
  const port = await new Promise<string | undefined>((resolve) => {
    provider.on("error", () => resolve(undefined)).on("close", () => resolve(undefined));
    provider.stdout.setEncoding("utf8").once("data", (text: string) => resolve(text.trim()));
  });
  for (const handle of [provider, provider.stdin, provider.stdout]) (handle as unknown as { unref(): void }).unref();
  return port === undefined ? undefined : `fleet:${port}`;
}
