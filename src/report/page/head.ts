import { showSum } from "../../model/cost.ts";
import { monthlyCost } from "../../model/fleet.ts";
import { isActive } from "../../model/status.ts";
import { expiredWords } from "../drift-text.ts";
import { html, htmlLine, type Html } from "../../markup/html.ts";
import { count } from "../../markup/visible.ts";
import { countOf } from "./answers.ts";
import { instant } from "./instant.ts";
import type { PageModel } from "./model.ts";

/** What it is about, the verdict, what went wrong, and the numbers. */
export function headOf(model: PageModel): Html {
  const { facts } = model;
  const { tone, sign, title, words } = verdict(model);
  const where = facts.lab ? "Lab" : "Real clouds and machines";
  const mark = html`<span class="sign" aria-hidden="true">${sign}</span>`;
  const more = words === "" ? undefined : html`<p>${words}</p>`;
  return html`<header>
<p class="eyebrow">Fleet report</p>
<h1>${facts.fleet.name}</h1>
<p class="made">${where}, ${facts.offline ? "as the files say" : "looked at"} ${instant(facts.at)}</p>
<div class="verdict ${tone}">${mark}<div><p><strong>${title}</strong></p>${more}</div></div>
${problems(model)}${numbers(model)}
</header>`;
}

function verdict({ facts, answers }: PageModel): { tone: string; sign: string; title: string; words: string } {
  const found = countOf(answers);
  const waiting = found.new > 0 ? `${count(found.new, "declared thing")} not brought up yet` : "";
  if (facts.offline)
    return {
      tone: "unseen",
      sign: "–",
      title: "Nobody was asked",
      words: "This page holds what the files say, and nothing of what is there.",
    };
  if (facts.drift === undefined)
    return {
      tone: "unknown",
      sign: "?",
      title: "Nothing could be looked at",
      words: "What the files say is below; how it stands is unknown.",
    };
  const words = [`${found.same} as declared`, `${found.drifted} drifted`, `${found.unknown} unknown`, waiting]
    .filter(Boolean)
    .join(", ");
  if (found.unknown > 0) return { tone: "unknown", sign: "?", title: "Not everything could be looked at", words };
  if (found.drifted > 0) return { tone: "drifted", sign: "≠", title: "Not everything is as declared", words };
  return { tone: "same", sign: "✓", title: "Everything that was brought up is as declared", words };
}

function problems({ facts: { problems: found, drift, fleet } }: PageModel): Html | undefined {
  const expired = (drift?.expired ?? []).map((rule) => html`<li>${expiredWords(fleet.name, rule)}</li>`);
  const items = found.map(
    ({ about, message }) =>
      html`<li><strong>${about}</strong><pre>${message
        .trim()
        .split("\n")
        .slice(0, LINES_SHOWN)
        .map((line) => html`${htmlLine(line)}\n`)}</pre></li>`,
  );
  if (items.length + expired.length === 0) return undefined;
  const heading = html`<h2 id="problems-title">What went wrong</h2>`;
  const list = html`<ul>${items}${expired}</ul>`;
  return html`<section class="problems" aria-labelledby="problems-title">${heading}${list}</section>\n`;
}

const LINES_SHOWN = 40;

function numbers({ facts: { fleet }, hosts, names, secrets, view }: PageModel): Html {
  const active = hosts.filter(({ host }) => isActive(host)).length;
  const tiles: [string, string, string][] = [
    ["Hosts", String(active), active === hosts.length ? "" : `${hosts.length - active} more planned`],
    ["Services", String(view.placed.filter((p) => p.active).length), ""],
    ["Names", String(names.filter((name) => !name.planned).length), ""],
    ["Secrets", String(secrets.filter(({ spec }) => isActive(spec)).length), ""],
    ["Cost a month", showSum(monthlyCost(fleet)).replace("/month", ""), ""],
  ];
  const remark = (note: string) => (note === "" ? undefined : html` <span class="remark">${note}</span>`);
  return html`<dl class="numbers">${tiles.map(
    ([name, value, note]) => html`<div><dt>${name}</dt><dd>${value}${remark(note)}</dd></div>`,
  )}</dl>`;
}
