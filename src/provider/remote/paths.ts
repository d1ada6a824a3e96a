import { ASK, TEXT_LIMIT } from "./ask.ts";
import { quote } from "./sh.ts";
import { WALK } from "./walk.ts";

/** A path to look at on a host: absolute, without "." and "..", line feeds and slashes at its end. */
export interface AskedPath {
  path: string;
  /** The hash alone for secrets and large files; attributes for what is no file. */
  as: "text" | "hash" | "attributes";
  /** Root's links into the store of NixOS are as good as files. */
  follow?: true;
}

export interface AskOptions {
  /** SHA-256 of texts that need not come back, because they are known here. */
  known?: readonly string[];
  /** Folders of which every *.conf is asked for as text. */
  folders?: readonly string[];
}

/**
 * Looks at paths, as POSIX sh; readPaths() reads what it prints. What the variable $also holds, one path a line, is
 * asked for as text too. Nothing is read through a link that someone else than root may have made. The number of
 * processes grows only with texts that are not known, and with paths in folders that others than root may change.
 */
export const askPaths = (asked: readonly AskedPath[], { known = [], folders = [] }: AskOptions = {}): string =>
  [
    WALK,
    ASK,
    `limit=${TEXT_LIMIT + 1}`,
    `known=${quote(` ${known.join(" ")} `)}`,
    `folders=${quote(folders.join("\n"))}`,
    `asked=${quote(`\n${asked.map(({ path, as, follow }) => `${follow ? "follow " : ""}${as}${path}\n`).join("")}`)}`,
    "echo '#fleet:paths'",
    "ask_paths",
  ].join("\n");
