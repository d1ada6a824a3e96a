import type { StackUpdate } from "../../engine/stack-update.ts";
import { html, type Html } from "../../markup/html.ts";
import { instant } from "./instant.ts";
import type { PageModel } from "./model.ts";
import { type Row, table } from "./parts.ts";

const KINDS: Record<string, string> = {
  update: "up",
  destroy: "destroy",
  refresh: "refresh",
  import: "import",
  preview: "preview",
};
const FATES: Record<string, string> = {
  create: "created",
  update: "updated",
  replace: "replaced",
  delete: "deleted",
  import: "adopted",
  same: "unchanged",
};

/** The last runs that changed the stack, as its backend remembers them. */
export const changesSection = ({
  facts: { updates, offline },
}: PageModel): Html => html`<section id="changes" aria-labelledby="changes-title">
<h2 id="changes-title">Last changes</h2>
${
  updates === undefined
    ? html`<p>${offline ? "The state was not asked." : "They could not be read."}</p>`
    : updates.length === 0
      ? html`<p>None: nothing was brought up yet.</p>`
      : table("Last changes", ["When", "What", "Result", "Resources"], updates.map(updateRow))
}
</section>`;

const updateRow = ({ kind, startTime, result, message, resourceChanges }: StackUpdate): Row => ({
  cells: [
    instant(startTime),
    html`${KINDS[kind] ?? kind}${message === "" ? undefined : html`<span class="remark">${message}</span>`}`,
    html`<span class="${result === "succeeded" ? "well" : "ill"}">${result}</span>`,
    fates(resourceChanges),
  ],
});

const fates = (changes: StackUpdate["resourceChanges"]): string =>
  Object.keys({ ...FATES, ...changes })
    .filter((fate) => (changes[fate] ?? 0) > 0)
    .map((fate) => `${changes[fate]!.toLocaleString("en")} ${FATES[fate] ?? fate}`)
    .join(", ");
