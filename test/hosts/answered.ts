/** Ids of a fleet's page in docs/fleets whose row says what the document says, what was chosen and why. */
export const answered = (docs: string): string[] =>
  docs
    .split("\n")
    .filter((line) => line.startsWith("| ") && !line.startsWith("| id "))
    .map((line) => line.slice(2, -2).split(" | "))
    .filter((cells) => cells.length === 4 && cells.every((cell) => cell.trim() !== ""))
    .map(([id]) => id!);
