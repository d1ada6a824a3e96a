import { typeOf } from "../../engine/events.ts";
import { html, type Html } from "../../markup/html.ts";
import { resourceWord } from "../words.ts";
import { knownOf, type Known } from "./answers.ts";
import type { PageModel } from "./model.ts";
import { anchor, badge, code, differences, type Row, table } from "./parts.ts";

/** DNS by zone, what stands at Cloudflare, and whatever else of the stack there is something to tell about. */
export function namesSection({ facts: { fleet }, names, edge, rest }: PageModel): Html {
  const zones = [...new Set([...fleet.zones.map((zone) => zone.name), ...names.map((lead) => lead.zone)])];
  const none = zones.length + edge.length + rest.length === 0;
  const wordsOf = (zone: string) => zoneWords(fleet.zones.find(({ name }) => name === zone));
  const rowsOf = (zone: string) => names.filter((lead) => lead.zone === zone).map(nameRow);
  return html`<section id="names" aria-labelledby="names-title">
<h2 id="names-title">Names and edge</h2>
${none ? html`<p>This fleet has neither zones nor anything at the edge.</p>` : undefined}${zones.map(
    (zone) => html`<h3>${zone === "" ? "Names of other zones" : zone} <span class="what">${wordsOf(zone)}</span></h3>
${table(`Names of ${zone}`, ["Name", "Type", "Leads to", "State"], rowsOf(zone))}
`,
  )}${
    edge.length === 0
      ? undefined
      : html`<h3>At Cloudflare</h3>
${table("Things at Cloudflare", ["Thing", "For", "Names", "State"], edge.map(edgeRow))}
`
  }${
    rest.length === 0
      ? undefined
      : html`<h3>Everything else in the stack</h3>
${table("Everything else in the stack", ["Resource", "What", "Where", "State"], rest.map(restRow))}
`
  }</section>`;
}

const zoneWords = (zone: PageModel["facts"]["fleet"]["zones"][number] | undefined): string =>
  zone === undefined ? "" : [zone.provider, zone.status === "planned" ? "planned" : ""].filter(Boolean).join(", ");

function nameRow(lead: PageModel["names"][number]): Row {
  const host = lead.to?.startsWith("host/") ? lead.to.slice("host/".length) : undefined;
  const target = host === undefined ? html`${lead.target}` : html`<a href="#${anchor("host", host)}">${host}</a>`;
  return row(
    [lead.name, lead.type ?? "edge", html`${target}${lead.proxied && lead.type !== null ? ", proxied" : ""}`],
    lead,
  );
}

const edgeRow = (thing: PageModel["edge"][number]): Row =>
  row([thing.label, thing.note, thing.hostnames.join(", ")], thing);

const restRow = (found: PageModel["rest"][number]): Row =>
  row([code(found.name), resourceWord(typeOf(found.urn)), found.host ?? ""], knownOf(found));

const row = (cells: Row["cells"], known: Known): Row => ({
  cells: [...cells, badge(known.answer)],
  more: differences(known),
});
