import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";

/** One archive that binary packages come from, as apt knows it. */
export interface AptSource {
  uri: string;
  suite: string;
  components: string[];
  /** Path of the keyring that signs it, when the source names one. */
  signedBy?: string;
}

/** Reads the one-line format, sources.list(5): "deb [signed-by=/k.gpg] http://mirror/debian bookworm main". */
export function parseOneLine(text: string): AptSource[] {
  const sources: AptSource[] = [];
  for (const line of text.split("\n")) {
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line);
    if (!match) continue;
    const signedBy = /(?:^|\s)signed-by=(\S+)/.exec(match[1] ?? "")?.[1];
    sources.push({ uri: match[2]!, suite: match[3]!, components: words(match[4]!), ...(signedBy ? { signedBy } : {}) });
  }
  return sources;
}

/** Reads the deb822 format, sources.list(5): stanzas of "Field: value" with continuation lines. */
export function parseDeb822(text: string): AptSource[] {
  const withoutComments = text
    .split("\n")
    .filter((line) => !line.startsWith("#"))
    .join("\n");
  return withoutComments.split(/\n\s*\n/).flatMap((stanza) => {
    const field = (name: string) =>
      new RegExp(`^${name}:((?:.*)(?:\\n[ \\t].*)*)`, "im").exec(stanza)?.[1]?.trim() ?? "";
    if (!words(field("Types")).includes("deb") || /^no$/i.test(field("Enabled"))) return [];
    const signedBy = field("Signed-By");
    return words(field("URIs")).flatMap((uri) =>
      words(field("Suites")).map((suite) => ({
        uri,
        suite,
        components: words(field("Components")),
        ...(signedBy.startsWith("/") ? { signedBy } : {}),
      })),
    );
  });
}

/**
 * The archives of the distribution that this machine itself runs on: those with one of its suites (`codename`,
 * codename-updates, codename-security). Third parties' archives are left out.
 */
export const distributionSources = (all: AptSource[], codename: string): AptSource[] =>
  all.filter(
    (s) =>
      s.components.includes("main") &&
      new RegExp(`^${codename}(-updates|-security)?$`).test(s.suite) &&
      /^(https?|file|mirror\+\S+):/.test(s.uri),
  );

/** The archives of another release, at the same places: those that have `codename` in their suite's name have `other`. */
export const archivesOfRelease = (all: AptSource[], codename: string, other: string): AptSource[] =>
  distributionSources(all, codename).map((s) => ({ ...s, suite: s.suite.replace(codename, other) }));

/** Everything that apt on this machine reads: /etc/apt/sources.list and /etc/apt/sources.list.d. */
export async function readAptSources(root = "/etc/apt"): Promise<AptSource[]> {
  const names = await readdir(join(root, "sources.list.d")).catch(() => []);
  const files = ["sources.list", ...names.sort((a, b) => (a < b ? -1 : 1)).map((name) => join("sources.list.d", name))];
  const parsed = await Promise.all(
    files.map(async (file) => {
      const text = await readFile(join(root, file), "utf8").catch(() => "");
      return file.endsWith(".sources") ? parseDeb822(text) : file.endsWith(".list") ? parseOneLine(text) : [];
    }),
  );
  return parsed.flat();
}

const words = (text: string): string[] => text.trim().split(/\s+/).filter(Boolean);
