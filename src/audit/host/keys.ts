import { fingerprintOf } from "../../clouds/fingerprint.ts";

/** A key that may log in; never its text. */
export interface AuthorizedKey {
  /** The file that it stands in. */
  path: string;
  /** "SHA256:…", as ssh-keygen -l prints it. */
  fingerprint: string;
  type: string;
  comment: string;
  /** The names of its options: "restrict", "command". Their values may hold anything. */
  options: string[];
}

const KEY = /(?:^|[\s,"])((?:ssh|ecdsa|sk-ssh|sk-ecdsa)-[a-z0-9@.-]+)\s+(AAAA[A-Za-z0-9+/]+={0,3})(?:[ \t]+([^\n]*))?/;

/** The keys of an authorized_keys file (sshd(8)), and the numbers of lines that seem to hold one and cannot be read. */
export function readKeys(path: string, text: string): { things: AuthorizedKey[]; unread: number[] } {
  const lines = text
    .split("\n")
    .map((line, i) => ({ line, number: i + 1, match: KEY.exec(line) }))
    .filter(({ line }) => !line.trimStart().startsWith("#"));
  return {
    unread: lines.filter(({ line, match }) => !match && line.includes("AAAA")).map(({ number }) => number),
    things: lines.flatMap(({ line, match }): AuthorizedKey[] =>
      match
        ? [
            {
              path,
              type: match[1]!,
              fingerprint: fingerprintOf(match[2]!),
              comment: (match[3] ?? "").trim(),
              options: optionsIn(line.slice(0, match.index).trim()),
            },
          ]
        : [],
    ),
  };
}

/** 'restrict,command="a, b"' → restrict, command. */
const optionsIn = (text: string): string[] =>
  text
    .replace(/"(?:\\.|[^"\\])*"/g, "")
    .split(",")
    .map((option) => option.replace(/=.*$/, "").trim())
    .filter(Boolean);
