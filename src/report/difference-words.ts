import { ABSENT, type Difference } from "../engine/differences.ts";
import { elementRemark, elementWords } from "./words.ts";
import { oneLine } from "../markup/visible.ts";

/** A part of a sentence: a word of ours, or what comes from the fleet, which each format writes so that it does no harm. */
export type Piece = string | { code: string };

/**
 * One difference that is no text of several lines: "files["/etc/x"].mode: declared 0600, found 0644", "tag role:
 * declared gateway, found test", "ingress 8443/tcp from 0.0.0.0/0: added by hand". @param type of the resource
 */
export function differencePieces(type: string, change: Difference): Piece[] {
  const { path, declared, found } = change;
  const name = namePieces(type, path);
  const element = elementWords(type, path);
  if (element?.element && element.part === "" && (declared === ABSENT || found === ABSENT)) {
    const remark = elementRemark(declared === ABSENT ? found : declared);
    const fate = declared === ABSENT ? ": added by hand" : ": gone";
    return [...name, fate, ...(remark ? [" (", { code: remark }, ")"] : [])];
  }
  return [...name, ": declared ", { code: showDrifted(declared) }, ", found ", { code: showDrifted(found) }];
}

/** What differs: "it" for the thing as a whole, an element in the words of a declaration, else its path. */
export function namePieces(type: string, path: string): Piece[] {
  if (path === "") return ["it"];
  const element = elementWords(type, path);
  if (!element) return [{ code: path }];
  const { kind, name, part } = element;
  return [`${kind} `, { code: name }, ...(part ? [": ", { code: part }] : [])];
}

/** @param write what comes from the fleet, in one format */
export const written = (pieces: readonly Piece[], write: (text: string) => string): string =>
  pieces.map((piece) => (typeof piece === "string" ? piece : write(piece.code))).join("");

/** Long values are named rather than shown: what matters of them is that they are there. */
export function showDrifted(value: unknown): string {
  if (isCronEntry(value)) return oneLine(`${value.schedule} ${value.user} ${value.command}`, 400);
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 200 || text.includes("\n") ? "present" : oneLine(text);
}

const isCronEntry = (value: unknown): value is { schedule: string; user: string; command: string } =>
  typeof value === "object" && value !== null && "schedule" in value && "command" in value;
