import { Secret } from "../../../plugin/types.ts";
import { found, unknown, type Answer } from "../../remote/answer.ts";
import { TEXT_LIMIT } from "../../remote/ask.ts";
import type { PathAnswers, PathFacts } from "../../remote/path-answers.ts";
import { plainOf, type Attributes, type Content } from "../shape.ts";
import { sha256 } from "./sha256.ts";

/** Stands for a secret text that is not the declared one: what was found is never kept. */
export const DIFFERS = "[differs]";

export interface FoundFile extends Attributes {
  /** As declared when its hash says so. */
  content: Content;
}

/** What stands at paths, for people and for comparing it. */
export class Texts {
  private readonly paths: PathAnswers;
  private readonly secrets: readonly string[];

  /** @param secrets texts that may have been written where they must not be shown */
  constructor(paths: PathAnswers, secrets: readonly string[]) {
    this.paths = paths;
    this.secrets = secrets.filter((secret) => secret !== "");
  }

  at(path: string, declared: Content): Answer<FoundFile> {
    const answer = this.paths.paths.of(path);
    return answer.is === "found" ? found(this.describe(answer.value, declared)) : answer;
  }

  /** Of a path that nobody asked for by name, such as a drop-in that systemd reads. */
  discovered(path: string): Answer<FoundFile> {
    const answer = this.paths.discovered.get(path) ?? unknown(`${path}: the host gave no answer`);
    return answer.is === "found" ? found(this.describe(answer.value, "")) : answer;
  }

  /** The paths of the *.conf files in a folder of drop-ins. */
  listed(folder: string): Answer<string[]> {
    return this.paths.folders.of(folder);
  }

  private describe({ mode, owner, group, extra, ...facts }: PathFacts, declared: Content): FoundFile {
    return { content: this.textOf(facts, declared), mode, owner, group, ...(extra !== undefined && { extra }) };
  }

  private textOf({ type, hash, text, size }: Pick<PathFacts, "type" | "hash" | "text" | "size">, declared: Content) {
    if (hash !== undefined && hash === sha256(plainOf(declared))) return declared;
    if (declared instanceof Secret) return new Secret(DIFFERS);
    if (hash === undefined) return `[${type}]`;
    if (!text || text.length > TEXT_LIMIT) return `[${size} bytes, sha256 ${hash}]`;
    const content = text.toString("utf8");
    if (content.includes("\0") || !Buffer.from(content).equals(text)) return `[binary, ${size} bytes, sha256 ${hash}]`;
    return this.secrets.some((secret) => content.includes(secret)) ? new Secret(content) : content;
  }
}
