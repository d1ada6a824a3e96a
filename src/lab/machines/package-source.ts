import { readFile } from "node:fs/promises";
import type { DebianRelease } from "../../model/platform.ts";
import { archivesOfRelease, readAptSources, type AptSource } from "./apt-sources.ts";
import { run } from "./run.ts";

export const suites: Record<DebianRelease, string> = { 12: "bookworm", 13: "trixie" };

const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";

/**
 * Where packages of a release come from: with Debian on this computer, from its own mirrors, which have every release;
 * with another system, from Debian's.
 * @returns the archive of the release itself first
 */
export async function archivesFor(release: DebianRelease): Promise<AptSource[]> {
  const suite = suites[release];
  const system = await readFile("/etc/os-release", "utf8");
  const codename = /^ID="?debian"?$/m.test(system) ? /^VERSION_CODENAME=(\S+)$/m.exec(system)?.[1] : undefined;
  const ours = codename ? archivesOfRelease(await readAptSources(), codename, suite) : [];
  const archives = ours.some((a) => a.suite === suite) ? ours : debianArchives(suite);
  return archives.sort((a, b) => a.suite.length - b.suite.length);
}

const debianArchives = (suite: string): AptSource[] =>
  [
    { uri: "http://deb.debian.org/debian", suite },
    { uri: "http://deb.debian.org/debian", suite: `${suite}-updates` },
    { uri: "http://deb.debian.org/debian-security", suite: `${suite}-security` },
  ].map((archive) => ({ ...archive, components: ["main"], signedBy: KEYRING }));

/** In the format of sources.list(5). @param keyAt where a keyring of this computer lies for the apt that reads it */
export const sourcesList = (archives: AptSource[], keyAt: (path: string) => string): string =>
  archives
    .map(({ uri, suite, components, signedBy }) => {
      const key = signedBy ? ` [signed-by=${keyAt(signedBy)}]` : "";
      return `deb${key} ${uri} ${suite} ${components.join(" ")}\n`;
    })
    .join("");

/** How apt on this computer reaches its archives, in the format of apt.conf(5): proxies, certificates and the like. */
export async function aptSettings(): Promise<string> {
  const dump = await run("apt-config", ["dump", "Acquire"]);
  const kept = dump.split("\n").filter((line) => /^Acquire::(https?::|Check-)\S* ".+";$/.test(line));
  return [...kept, 'Acquire::Languages "none";', ""].join("\n");
}
