import { typeOf } from "../../engine/events.ts";
import { html, type Html } from "../html.ts";
import { resourceWord } from "../words.ts";
import type { PageModel } from "./model.ts";
import { anchor, badge, code, differences, table } from "./parts.ts";

/** DNS by zone, what stands at Cloudflare, and whatever else of the stack there is something to tell about. */
export function namesSection({ facts: { fleet }, names, edge, rest }: PageModel): Html {
  const zones = [...new Set([...fleet.zones.map((zone) => zone.name), ...names.map((lead) => lead.zone)])];
  return html`<section id="names" aria-labelledby="names-title">
<h2 id="names-title">Names and edge</h2>
${zones.length + edge.length + rest.length === 0 ? html`<p>This fleet has neither zones nor anything at the edge.</p>` : undefined}${
  zones.map((zone) => html`<h3>${zone === "" ? "Names of other zones" : zone} <span class="what">${zoneWords(fleet.zones.find(({ name }) => name === zone))}</span></h3>
${table(`Names of ${zone}`, ["Name", "Type", "Leads to", "State"], names.filter((lead) => lead.zone === zone).map(nameRow))}
`)}${edge.length === 0 ? undefined : html`<h3>At Cloudflare</h3>
${table("Things at Cloudflare", ["Thing", "For", "Names", "State"], edge.map(edgeRow))}
`}${rest.length === 0 ? undefined : html`<h3>Everything else in the stack</h3>
${table("Everything else in the stack", ["Resource", "What", "Where", "State"], rest.map(restRow))}
`}</section>`;
}

const zoneWords = (zone: PageModel["facts"]["fleet"]["zones"][number] | undefined): string => (zone === undefined ? "" : [zone.provider, zone.status === "planned" ? "planned" : ""].filter(Boolean).join(", "));

function nameRow(lead: PageModel["names"][number]): Html {
  const host = lead.to?.startsWith("host/") ? lead.to.slice("host/".length) : undefined;
  const target = host === undefined ? html`${lead.target}` : html`<a href="#${anchor("host", host)}">${host}</a>`;
  return row(html`<th scope="row">${lead.name}</th><td>${lead.type ?? "edge"}</td><td>${target}${lead.proxied && lead.type !== null ? ", proxied" : ""}</td>`, lead);
}

const edgeRow = (thing: PageModel["edge"][number]): Html =>
  row(html`<th scope="row">${thing.label}</th><td>${thing.note}</td><td>${thing.hostnames.join(", ")}</td>`, thing);

const restRow = (found: PageModel["rest"][number]): Html =>
  row(html`<th scope="row">${code(found.name)}</th><td>${resourceWord(typeOf(found.urn))}</td><td>${found.host ?? ""}</td>`, { answer: found.status, row: found, ...(found.reason !== undefined && { reason: found.reason }) });

function row(cells: Html, known: Parameters<typeof differences>[0]): Html {
  const found = known.answer === "planned" ? undefined : differences(known);
  return html`<tr>${cells}<td>${badge(known.answer)}</td></tr>\n${found && html`<tr class="more"><td colspan="4">${found}</td></tr>\n`}`;
}
