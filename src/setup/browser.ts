import { readFile } from "node:fs/promises";
import type { SetupContext } from "./context.ts";
import { ensurePackages } from "./debian.ts";
import { findOnPath } from "./find-on-path.ts";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];

/** A Chromium on this machine, for the tests that look at pages. */
export async function findBrowser(): Promise<string | undefined> {
  const found = await Promise.all(NAMES.map((name) => findOnPath(name)));
  return found.find((path) => path !== undefined);
}

/**
 * Installs Debian's Chromium where there is none. Only for tests, and only called where labBlocker() finds nothing;
 * elsewhere than on Debian the package is another, and is left to the user.
 */
export async function ensureBrowser(context: SetupContext): Promise<void> {
  if ((await findBrowser()) !== undefined) return;
  if (/^ID=debian$/m.test(await readFile("/etc/os-release", "utf8"))) await ensurePackages(context, ["chromium"]);
}
