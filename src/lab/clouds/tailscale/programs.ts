import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { SetupContext } from "../../../setup/context.ts";
import { dropGoCaches, goBuild } from "../../../setup/go-build.ts";
import { withLock } from "../../../setup/lock.mjs";
import { cacheDir } from "../../../setup/paths.ts";
import { keyOf, ToolStore } from "../../../setup/tool.ts";

/** As go.mod beside the program pins it: newer ones want a newer Go. */
export const TAILSCALE_VERSION = "1.96.4";

const module = join(import.meta.dirname, "tailnet");

/** Parts of Tailscale that a server does not need, or the lab has no use for: left out, the build takes half as long. */
const LEFT_OUT = (
  "ace acme advertiseexitnode appconnectors aws bakedroots bird cachenetmap captiveportal capture cliconndiag " +
  "clientupdate cloud colorable completion completion_scripts conn25 debugeventbus debugportmapper " +
  "desktop_sessions doctor drive gro hujsonconf identityfederation kube lazywg linkspeed linuxdnsfight " +
  "listenrawdisco logtail netlog networkmanager oauthkey outboundproxy peerapiclient peerapiserver portlist " +
  "portmapper posture qrcodes relayserver resolved serve synology syspolicy systray taildrop tap tpm " +
  "useexitnode useproxy usermetrics wakeonlan webbrowser webclient"
).split(" ");

/** One program is both the daemon and the command, by the name that it is called by. */
const TAGS = ["ts_include_cli", ...LEFT_OUT.map((feature) => `ts_omit_${feature}`)];
const VERSION = {
  "tailscale.com/version.shortStamp": TAILSCALE_VERSION,
  "tailscale.com/version.longStamp": TAILSCALE_VERSION,
};

/** Both are built from the same module, so most packages are compiled once. */
const MAINS = { tailscaled: "tailscale.com/cmd/tailscaled", tailnet: "fleet/tailnet" };

const store = new ToolStore(join(cacheDir, "tailnet"), cacheDir);

/** Where the programs lie, with whatever else belongs to them. */
export const programFolder = store.bin;
/** Tailscale's own program. */
export const TAILSCALED = join(programFolder, "tailscaled");
/** What serves a lab's tailnet. */
export const TAILNET = join(programFolder, "tailnet");

const keyOfPrograms = (): Promise<string> =>
  keyOf(
    [TAILSCALE_VERSION, ...TAGS],
    readdirSync(module)
      .sort()
      .map((file) => join(module, file)),
  );

/**
 * Builds Tailscale and what serves a tailnet from pinned Go modules, once. @throws Error when they can't be built
 * @returns what the programs are known by: it changes with them
 */
export async function ensurePrograms(context: SetupContext): Promise<string> {
  const key = await keyOfPrograms();
  const names = Object.keys(MAINS) as (keyof typeof MAINS)[];
  const missing = async () => {
    const found = await Promise.all(names.map((name) => store.find(name, key)));
    return names.filter((_, i) => !found[i]);
  };
  if ((await missing()).length === 0) return key;
  await withLock(join(cacheDir, "toolchain.lock"), async () => {
    for (const name of await missing())
      await context.progress.step(`Build ${name} from Go modules`, (note) =>
        goBuild({ module, main: MAINS[name], tags: TAGS, define: VERSION, context, note }, (program) =>
          store.put(name, key, toolOf(name), [program], "move"),
        ),
      );
    await dropGoCaches();
  });
  return key;
}

const toolOf = (label: string) =>
  ({
    label,
    version: TAILSCALE_VERSION,
    origin: "built from Go modules",
    cached: false,
    reason: "the lab's machines run Tailscale itself",
  }) as const;
