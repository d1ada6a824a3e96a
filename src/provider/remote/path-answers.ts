import { createHash } from "node:crypto";
import { ABSENT, Answers, found, unknown, type Answer } from "./answer.ts";
import { TEXT_LIMIT } from "./ask.ts";
import type { AskedPath, AskOptions } from "./paths.ts";
import { decode, type Section } from "./sh.ts";

/** What lies at a path. */
export interface PathFacts {
  type: "file" | "directory" | "symbolic link" | "special file";
  /** Four octal digits. */
  mode: string;
  /** Names, or numbers where there is none. */
  owner: string;
  group: string;
  /** In bytes. */
  size: number;
  /** SHA-256 of a file that was asked for as text or hash. */
  hash?: string;
  /**
   * Bytes of a file that was asked for as text and whose hash is not known, cut at TEXT_LIMIT + 1. None of a file that
   * an account may have linked to its own folder without being allowed to read it.
   */
  text?: Buffer;
  /** What mode and owner don't show, in words, such as "ACL, immutable". */
  extra?: string;
}

export interface PathAnswers {
  /** By asked path. */
  paths: Answers<PathFacts>;
  /** By asked folder: the paths of what is in it. */
  folders: Answers<string[]>;
  /** By path, whoever asked: what lies there, also what was found in folders or by another part of the script. */
  discovered: Map<string, Answer<PathFacts>>;
}

/** Reads what askPaths() printed among the sections of a host's answer. */
export function readPaths(
  sections: readonly Section[],
  asked: readonly AskedPath[],
  { folders = [], known = [] }: AskOptions = {},
): PathAnswers {
  const lines = sections.filter(({ name }) => name === "paths").flatMap((section) => section.lines.flatMap(lineOf));
  const wanted = new Map(asked.map(({ path, as }) => [path, as]));
  const listed = new Answers<string[]>(folders, (folder) => `folder ${folder}`);
  const paths = new Answers<PathFacts>(wanted.keys(), String);
  const discovered = new Map<string, Answer<PathFacts>>();
  const read = { texts: textsOf(sections), known: new Set(known) };

  const held: string[] = [];
  for (const { word, what, path } of lines) {
    if (word === "holds") held.push(path);
    else if (/list/.test(word))
      listed.give(
        path,
        folderAnswer(
          word,
          what,
          held.filter((each) => folderOf(each) === path),
        ),
      );
  }
  for (const [path, said] of Map.groupBy(
    lines.filter(({ word }) => FILE_WORDS.has(word)),
    ({ path }) => path,
  )) {
    const answer = answerOf(path, said, wanted.get(path) ?? "text", read);
    if (wanted.has(path)) paths.give(path, answer);
    discovered.set(path, answer);
  }
  for (const path of held)
    if (!wanted.has(path) && !discovered.has(path)) discovered.set(path, unknown(`${path}: the host gave no answer`));
  return { paths, folders: listed, discovered };
}

interface Line {
  word: string;
  what: string;
  path: string;
}

/** A word, what it says (in one or more fields, or none) and the path with a slash, separated by tabs. */
function lineOf(line: string): Line[] {
  const match = /^(\w+)\t(?:(.*?)\t)?(\/.*)\/$/.exec(line);
  return match ? [{ word: match[1]!, what: match[2] ?? "", path: match[3]! }] : [];
}

const FILE_WORDS = new Set(["found", "absent", "unknown", "hash", "unread", "withheld", "extra"]);

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf("/"));

function folderAnswer(word: string, what: string, held: string[]): Answer<string[]> {
  if (word === "unlisted") return ABSENT;
  if (word === "listed" && Number(what) === held.length) return found(held);
  return unknown(word === "unlistable" ? what : "the host's list was cut short");
}

interface Read {
  /** By hash. */
  texts: Map<string, Buffer>;
  known: Set<string>;
}

/** What is true of a text is that it has its hash; of one that was cut, that it is long enough. */
function textsOf(sections: readonly Section[]): Map<string, Buffer> {
  const texts = new Map<string, Buffer>();
  for (const { name, args, lines } of sections) {
    const [hash = ""] = args;
    const text = name === "text" ? decode(lines) : undefined;
    if (text && (text.length > TEXT_LIMIT || sha256(text) === hash)) texts.set(hash, text);
  }
  return texts;
}

function answerOf(path: string, said: Line[], as: AskedPath["as"], { texts, known }: Read): Answer<PathFacts> {
  const all = (word: string) => [...new Set(said.filter((line) => line.word === word).map(({ what }) => what))];
  const [facts, ...contradicting] = all("found");
  const states = [all("found"), all("absent"), all("unknown")].filter(({ length }) => length > 0);
  if (states.length !== 1 || contradicting.length > 0) return unknown(`${path}: the host gave two answers`);
  if (all("unknown").length > 0) return unknown(`${path}: ${all("unknown").join("; ")}`);
  if (facts === undefined) return ABSENT;
  const value = factsOf(facts);
  if (value === undefined) return unknown(`${path}: the host's answer can't be understood: ${JSON.stringify(facts)}`);
  const extra = all("extra").join(", ");
  if (extra !== "") value.extra = extra;
  if (value.type !== "file" || as === "attributes") return found(value);

  const [hash, otherHash] = all("hash");
  if (hash === undefined || otherHash !== undefined || !/^[0-9a-f]{64}$/.test(hash))
    return unknown(`${path}: ${all("unread").join("; ") || "the host gave no hash"}`);
  value.hash = hash;
  if (as === "hash" || known.has(hash) || all("withheld").length > 0) return found(value);
  const text = texts.get(hash);
  if (!text) return unknown(`${path}: it changed while it was read, or the host's answer was cut short`);
  return found({ ...value, text });
}

const TYPES: Record<number, PathFacts["type"]> = { 0x8: "file", 0x4: "directory", 0xa: "symbolic link" };

/** What stat says: the raw mode in hex, owner and group by name and number, and the size. */
function factsOf(what: string): PathFacts | undefined {
  const match = /^([0-9a-f]{4})\t([^\t]+)\t(\d+)\t([^\t]+)\t(\d+)\t(\d+)$/.exec(what);
  if (!match) return undefined;
  const [, raw = "", owner = "", uid = "", group = "", gid = "", size] = match;
  const bits = parseInt(raw, 16);
  return {
    type: TYPES[bits >> 12] ?? "special file",
    mode: (bits & 0o7777).toString(8).padStart(4, "0"),
    owner: owner === "UNKNOWN" ? uid : owner,
    group: group === "UNKNOWN" ? gid : group,
    size: Number(size),
  };
}

const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");
