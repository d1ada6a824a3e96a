import { createHash } from "node:crypto";
import { html, Html } from "../../markup/html.ts";
import type { Answer } from "./answers.ts";
import { changesSection } from "./changes.ts";
import { costSection } from "./cost.ts";
import type { PageFacts } from "./facts.ts";
import { headOf } from "./head.ts";
import { hostsSection } from "./hosts.ts";
import { pageModel } from "./model.ts";
import { namesSection } from "./names.ts";
import { secretsSection } from "./secrets.ts";
import { pageStyle } from "./style.ts";
import { topologySection } from "./topology.ts";

const SECTIONS = [
  ["topology", "Topology"],
  ["hosts", "Hosts"],
  ["names", "Names and edge"],
  ["secrets", "Secrets"],
  ["cost", "Cost"],
  ["changes", "Last changes"],
] as const;

/** The browser is told to load nothing from anywhere, to run nothing, and to take no style but this one. */
const POLICY =
  `default-src 'none'; style-src 'sha256-${createHash("sha256").update(pageStyle).digest("base64")}'; ` +
  "base-uri 'none'; form-action 'none'";

/**
 * A fleet as one HTML page that needs nothing else, and what it says of each thing. The same facts make the same page.
 */
export async function fleetPage(facts: PageFacts): Promise<{ page: string; answers: Answer[] }> {
  const model = pageModel(facts);
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Fleet ${facts.fleet.name}</title>
<style>${new Html(pageStyle)}</style>
</head>
<body>
<a class="skip" href="#main">To the content</a>
<div class="page">
${headOf(model)}
<nav aria-label="Sections"><ul>${SECTIONS.map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
<main id="main" tabindex="-1">
${await topologySection(model)}
${hostsSection(model)}
${namesSection(model)}
${secretsSection(model)}
${costSection(model)}
${changesSection(model)}
</main>
<footer><p>Made by fleet report.</p></footer>
</div>
</body>
</html>
`;
  return { page: page.markup, answers: model.answers };
}
