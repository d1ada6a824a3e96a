import { describeFormat } from "../../model/secret.ts";
import { isActive } from "../../model/status.ts";
import { html, type Html } from "../../markup/html.ts";
import type { PageModel, SecretOnPage } from "./model.ts";
import { anchor, code, type Row, table } from "./parts.ts";

/** Secrets by name. A value never comes near this page: only names are in the model. */
export const secretsSection = ({
  secrets,
}: PageModel): Html => html`<section id="secrets" aria-labelledby="secrets-title">
<h2 id="secrets-title">Secrets</h2>
<p>By name; no value is on this page.</p>
${
  secrets.length === 0
    ? html`<p>This fleet declares none.</p>`
    : table("Secrets", ["Name", "Format", "Given to", "To make one"], secrets.map(secretRow), "secrets")
}
</section>`;

const secretRow = ({ spec, uses }: SecretOnPage): Row => ({
  cells: [
    html`${code(spec.name)}${isActive(spec) ? "" : " (planned)"}`,
    describeFormat(spec.format),
    html`${
      uses.length === 0
        ? html`<span class="none">nothing that is declared</span>`
        : html`<ul class="plain">${uses.map(use)}</ul>`
    }<span class="remark">${spec.usedBy.join("; ")}</span>`,
    spec.make,
  ],
});

/** "ghost-01/nginx" leads to its host. */
function use(label: string): Html {
  const [host, service] = label.split("/");
  return service === undefined
    ? html`<li>${label}</li>`
    : html`<li><a href="#${anchor("host", host!)}">${label}</a></li>`;
}
