import { colours } from "../../graph/style.ts";
import { graphStyle } from "../../graph/svg.ts";

/** The page's only style sheet. Its hash is in the page's policy. */
export const pageStyle = `${colours}
* { box-sizing: border-box }
html { -webkit-text-size-adjust: 100%; scroll-padding-top: 1rem }
body {
  margin: 0; background: var(--page); color: var(--ink);
  font: 15px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; overflow-wrap: anywhere
}
.page { max-width: 72rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem }
a { color: var(--blue); text-underline-offset: .15em } a:hover { text-decoration-thickness: 2px }
:focus-visible { outline: 2px solid var(--blue); outline-offset: 2px; border-radius: 4px }
.skip { position: absolute; left: -99rem }
.skip:focus { left: 1rem; top: .5rem; padding: .4rem .8rem; background: var(--paper); z-index: 1 }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
code, pre {
  font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .875em;
  unicode-bidi: isolate
}
h1, h2, h3, p, ul, dl, dd, pre { margin: 0 }
h1 { font-size: 2.25rem; line-height: 1.15; letter-spacing: -.02em }
h2 { font-size: 1.3rem; letter-spacing: -.01em; margin-bottom: .9rem }
h3 { font-size: 1rem; line-height: 1.4 }
.eyebrow { color: var(--soft); font-size: .8rem; font-weight: 600; letter-spacing: .08em; text-transform: uppercase }
.made, .what, .remark, .none { color: var(--soft) } .remark { display: block; font-size: .85em; font-weight: 400 }
.what { font-weight: 400; font-size: .9rem }
.verdict {
  display: flex; gap: 1rem; align-items: center; margin-top: 1.5rem; padding: 1rem 1.25rem;
  background: var(--paper); border: 1px solid var(--line); border-left: 5px solid var(--tone);
  border-radius: 10px
}
.verdict .sign {
  flex: none; width: 2.2rem; height: 2.2rem; border-radius: 50%; background: var(--tone); color: var(--paper);
  font-size: 1.2rem; font-weight: 700; line-height: 2.2rem; text-align: center
}
.verdict p + p { color: var(--soft) } .verdict strong { font-size: 1.1rem }
.same { --tone: var(--green) }
.drifted { --tone: var(--amber) }
.unknown { --tone: var(--violet) }
.new { --tone: var(--blue) }
.planned, .unseen { --tone: var(--soft) }
.problems {
  margin-top: 1rem; padding: 1rem 1.25rem; border: 1px solid var(--red); border-radius: 10px;
  background: var(--paper)
}
.problems h2 { font-size: 1rem; margin-bottom: .4rem; color: var(--red) } .problems ul { padding-left: 1.1rem }
.numbers { display: grid; grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr)); gap: .75rem; margin-top: 1rem }
.numbers div { padding: .8rem 1rem; background: var(--paper); border: 1px solid var(--line); border-radius: 10px }
dt { color: var(--soft); font-size: .8rem } .numbers dd { font-size: 1.25rem; font-weight: 600; letter-spacing: -.01em }
.numbers .remark { display: inline; font-size: .8rem; letter-spacing: 0 }
nav { margin: 1.75rem 0 0; border-bottom: 1px solid var(--line) }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; padding: 0 0 .7rem; list-style: none }
nav a { text-decoration: none; font-weight: 500 }
nav a:hover { text-decoration: underline }
main:focus { outline: none } main > section { margin-top: 2.5rem }
.picture { overflow: auto; padding: 1rem; background: var(--paper); border: 1px solid var(--line); border-radius: 10px }
.picture svg { display: block; margin: 0 auto }
.legend {
  display: flex; flex-wrap: wrap; gap: .35rem 1.25rem; margin: .7rem 0; padding: 0; list-style: none;
  font-size: .875rem; color: var(--soft)
}
.legend li { display: flex; gap: .4rem; align-items: center }
summary { cursor: pointer } .alternative > summary { color: var(--soft); font-size: .9rem; width: fit-content }
.alternative table { margin-top: .5rem }
.host { margin-top: .5rem; background: var(--paper); border: 1px solid var(--line); border-radius: 10px }
.host.drifted, .host.unknown { border-color: var(--tone) }
.host > summary {
  display: flex; flex-wrap: wrap; gap: .15rem .9rem; align-items: baseline; padding: .65rem 1rem;
  list-style: none
}
.host > summary::-webkit-details-marker { display: none }
.host > summary::before { content: "▸"; color: var(--soft); width: .8em }
.host[open] > summary::before { content: "▾" }
.host > summary .what { flex: 1 1 12rem } .host > summary .health { color: var(--soft); font-size: .9rem }
.host[open] > summary { border-bottom: 1px solid var(--line) }
.facts {
  display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: .6rem 1.25rem;
  padding: .9rem 1rem
}
table {
  width: 100%; border-collapse: collapse; background: var(--paper); border: 1px solid var(--line);
  border-radius: 10px; border-spacing: 0; font-size: .925rem
}
.host table { border-width: 1px 0 0; border-radius: 0 0 10px 10px }
th, td {
  min-width: 6.5rem; padding: .5rem 1rem; text-align: left; vertical-align: top;
  border-top: 1px solid var(--line)
}
thead th { border-top: 0; color: var(--soft); font-size: .8rem; font-weight: 500 } tbody th { font-weight: 600 }
.more td { border-top: 0; padding-top: 0 } h3 + table, p + table { margin-top: .5rem } table + h3 { margin-top: 1.5rem }
.secrets th[scope=row] { width: 17rem }
.services th[scope=row] { width: 34% }
.services td:last-child, .services th:last-child { width: 11rem }
.badge { white-space: nowrap; color: var(--tone); font-weight: 600; font-size: .875rem } .well { color: var(--green) }
.ill { color: var(--red); font-weight: 600 } .open { color: var(--soft) }
.plain { padding: 0; list-style: none }
.host > .reason { margin: 0 1rem .9rem }
.differences { padding: .5rem .75rem .5rem 1.75rem; background: var(--wash); border-radius: 8px }
.reason { padding: .5rem .75rem; background: var(--wash); border-radius: 8px; font-size: .9rem }
pre { overflow-x: auto; white-space: pre-wrap }
.differences pre { margin-top: .25rem }
.declared { color: var(--red) }
.found { color: var(--green) }
.around { color: var(--soft) }
.total { margin-bottom: .75rem }
.bar { display: block; width: 100%; height: .7rem }
.track { fill: var(--wash) }
.value { fill: var(--blue) }
.planned .value { fill: var(--edge) } .over .value { fill: var(--red) } .budget { margin-bottom: 1rem }
.cost td { vertical-align: middle; padding-block: .3rem }
.cost th { padding-block: .3rem }
.cost th[scope=row] { width: 30% }
.cost td:last-child, .cost th:last-child {
  width: 8rem; text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums
}
footer { margin-top: 3rem; color: var(--soft); font-size: .85rem }
${graphStyle}
@media screen and (max-width: 44rem) {
  .page { padding: 1.5rem .9rem 3rem } h1 { font-size: 1.8rem } .picture { padding: .5rem }
  table, tbody, tr, th, td { display: block }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
  tr { padding: .6rem .9rem; border-top: 1px solid var(--line) }
  tbody tr:first-child, tr.more { border-top: 0 }
  tr.more { padding-top: 0 }
  .host tbody tr:first-child { border-top: 1px solid var(--line) }
  th, td, .services th[scope=row], .services td:last-child, .secrets th[scope=row],
  .cost th[scope=row], .cost td:last-child {
    width: auto; padding: .1rem 0; border: 0; text-align: left
  }
  td[data-head] { display: grid; grid-template-columns: 5.5rem 1fr; gap: .5rem }
  td[data-head]::before { content: attr(data-head); color: var(--soft); font-size: .8rem; line-height: 1.9 }
  td[data-head] > * { grid-column: 2 }
  td[data-head]:empty { display: none } .cost .bar { margin-top: .45rem }
}
@media print {
  @page { margin: 14mm }
  :root { color-scheme: only light; --page: #ffffff }
  body { font-size: 9.5pt }
  .page { max-width: none; padding: 0 }
  nav, .skip { display: none }
  details::details-content { content-visibility: visible; block-size: auto } .host > summary::before { content: "" }
  .alternative > summary { display: none }
  th, td { min-width: 0; padding: .3rem .5rem }
  h1 { font-size: 1.8rem }
  .numbers { grid-template-columns: repeat(5, 1fr); gap: .4rem }
  .numbers dd { font-size: 1rem } main > section { margin-top: 1.5rem }
  .picture { overflow: visible; padding: 0; border: 0 } .picture svg { max-width: 100%; height: auto }
  tr, .verdict, .numbers div, .host > summary { break-inside: avoid }
  h2, h3, summary { break-after: avoid }
  thead { display: table-header-group }
  a { color: inherit; text-decoration: none }
}
`;
