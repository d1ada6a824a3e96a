/**
 * What a far side printed, in one line in which every character can be seen and does nothing to a terminal; of a long
 * text the end.
 */
export function oneLine(text: string, limit = 300): string {
  const seen = text
    .replace(/\s+/g, " ")
    .trim()
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => {
      const code = character.codePointAt(0)!.toString(16).toUpperCase();
      return `⟨U+${code.padStart(4, "0")}⟩`;
    });
  return seen.length <= limit ? seen : `… ${seen.slice(-limit)}`;
}
