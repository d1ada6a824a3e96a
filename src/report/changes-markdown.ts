import type { Changes } from "../engine/changes.ts";
import { nameOf, typeOf } from "../engine/events.ts";
import { fit, type Block } from "./fit.ts";
import { code } from "../markup/markdown.ts";
import { COMMENT_LIMIT } from "./preview-markdown.ts";
import { resourceWord } from "./words.ts";

const DONE: Record<string, string> = {
  create: "created",
  update: "updated",
  replace: "replaced",
  delete: "deleted",
  import: "adopted",
  failed: "failed",
};

/** What an `up` has done, as `fleet up --json` prints it, for the page of a job. */
export function changesMarkdown({ stack, summary, resources }: Changes): string {
  const counts = (["create", "update", "replace", "delete"] as const)
    .filter((op) => summary[op] > 0)
    .map((op) => `${summary[op].toLocaleString("en")} ${DONE[op]}`);
  const changed = resources.flatMap(({ urn, op }): Block[] =>
    op in DONE && !isComponent(typeOf(urn))
      ? [
          {
            group: "",
            line: `- **${DONE[op]}** ${resourceWord(typeOf(urn))} ${code(nameOf(urn))}`,
            properties: [],
            texts: [],
          },
        ]
      : [],
  );
  return fit(
    `## ${code(stack)}: ${[...counts, `${summary.same.toLocaleString("en")} unchanged`].join(", ")}`,
    changed,
    "`fleet up --json` prints all of it.",
    COMMENT_LIMIT,
  );
}

/** Components only group things. */
const isComponent = (type: string): boolean =>
  /^fleet:(index:Fleet|hetzner:|static:|aws:|cloudflare:|mesh:WireGuard)|^pulumi:/.test(type);
