import { askPaths, type AskedPath, type AskOptions } from "../../remote/paths.ts";
import { readPaths, type PathAnswers } from "../../remote/path-answers.ts";
import type { Question } from "../../remote/question.ts";
import { sha256 } from "./sha256.ts";

/** A path to look at; or a folder, of which every *.conf is looked at. */
export type PathItem = (AskedPath & { expected?: string }) | { path: string; as: "folder" };

/** What lies at paths, whoever keeps something there: all are looked at together. */
export const PATHS: Question<PathItem, PathAnswers> = {
  ask(items) {
    const { asked, options } = sorted(items);
    return [askPaths(asked, options)];
  },
  read(said, items) {
    const { asked, options } = sorted(items);
    return recall(readPaths([...said.values()].flat(), asked, options), items);
  },
};

/** Texts that did not come back because they are known: one service's may lie where another's should. */
function recall(answers: PathAnswers, items: readonly PathItem[]): PathAnswers {
  const known = new Map(
    items.flatMap((item) =>
      "expected" in item && item.expected !== undefined ? [[sha256(item.expected), Buffer.from(item.expected)]] : [],
    ),
  );
  for (const answer of answers.discovered.values())
    if (answer.is === "found" && answer.value.hash !== undefined) answer.value.text ??= known.get(answer.value.hash);
  return answers;
}

const STRICTNESS = ["attributes", "text", "hash"] as const;

/** Each path once. Where one service says that it is secret and another does not, it is. */
function sorted(items: readonly PathItem[]): { asked: AskedPath[]; options: AskOptions } {
  const asked = new Map<string, AskedPath>();
  for (const item of items) {
    if (item.as === "folder") continue;
    const { path, as, follow } = item;
    const other = asked.get(path);
    if (!other || STRICTNESS.indexOf(as) > STRICTNESS.indexOf(other.as))
      asked.set(path, { path, as, ...((follow ?? other?.follow) && { follow: true }) });
  }
  return {
    asked: [...asked.values()],
    options: {
      folders: [...new Set(items.flatMap(({ path, as }) => (as === "folder" ? [path] : [])))],
      known: [
        ...new Set(
          items.flatMap((item) => ("expected" in item && item.expected !== undefined ? [sha256(item.expected)] : [])),
        ),
      ],
    },
  };
}
