import { readFile } from "node:fs/promises";
import type { DebianRelease } from "../../model/platform.ts";
import { archivesOfRelease, readAptSources, type AptSource } from "./apt-sources.ts";
import { run } from "./run.ts";

export const suites: Record<DebianRelease, string> = { 12: "bookworm", 13: "trixie" };

const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";

/**
 * Where packages of a release come from: with Debian on this computer, from its own mirrors, which have every release;
 * with another system, from the mirror that debootstrap takes by itself.
 * @returns the archive of the release itself first
 * @throws Error when neither is known
 */
export async function archivesFor(release: DebianRelease): Promise<AptSource[]> {
  const suite = suites[release];
  const system = await readFile("/etc/os-release", "utf8");
  const codename = /^ID="?debian"?$/m.test(system) ? /^VERSION_CODENAME=(\S+)$/m.exec(system)?.[1] : undefined;
  const ours = codename ? archivesOfRelease(await readAptSources(), codename, suite) : [];
  const archives = ours.some((a) => a.suite === suite) ? ours : debianArchives(await defaultMirror(), suite);
  return archives.sort((a, b) => a.suite.length - b.suite.length);
}

/** The mirror of Debian that debootstrap(8) names in its own program. @throws Error when it is not there, or names none */
async function defaultMirror(): Promise<string> {
  const program = await readFile("/usr/sbin/debootstrap", "utf8").catch(() => "");
  const mirror = /^DEF_MIRROR="?([^"\s]+)/m.exec(program)?.[1];
  if (mirror === undefined)
    throw new Error("lab machines are Debian, and this computer names no mirror of it: install debootstrap");
  return mirror;
}

const debianArchives = (mirror: string, suite: string): AptSource[] =>
  [
    { uri: mirror, suite },
    { uri: mirror, suite: `${suite}-updates` },
    { uri: `${mirror}-security`, suite: `${suite}-security` },
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
