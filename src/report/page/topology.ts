import { placeWords } from "../../graph/host-words.ts";
import { layoutOf } from "../../graph/layout.ts";
import { graphSvg, type Mark } from "../../graph/svg.ts";
import { topologyGraph } from "../../graph/topology.ts";
import { hostId, type Graph, type GraphEdge } from "../../graph/types.ts";
import { html, type Html } from "../../markup/html.ts";
import { count } from "../../markup/visible.ts";
import type { HostOnPage, PageModel } from "./model.ts";
import { anchor, ANSWERS, badge, type Row, table } from "./parts.ts";

/** The fleet as a picture, and the same as a table for whoever does not see it. */
export async function topologySection(model: PageModel): Promise<Html> {
  const graph = topologyGraph(model.view);
  const title = `Topology of ${model.facts.fleet.name}`;
  const svg =
    graph.nodes.length === 0
      ? undefined
      : graphSvg(graph, await layoutOf(graph), {
          title,
          description: description(graph, model),
          marks: marksOf(model),
        });
  return html`<section id="topology" aria-labelledby="topology-title">
<h2 id="topology-title">Topology</h2>
${
  svg === undefined
    ? html`<p>Nothing is declared yet.</p>`
    : html`<div class="picture" role="region" aria-label="${title}, can be scrolled" tabindex="0">
${svg}
</div>
${legend(graph, model)}`
}
<details class="alternative"><summary>The same as a table</summary>
${table(
  title,
  ["Host", "Where", "Names that lead to it", "Joined by", "State"],
  model.hosts.map((host) => hostRow(host, model)),
)}
</details>
</section>`;
}

/** What the picture says, in a sentence; the table below it has all of it. */
function description({ nodes, edges }: Graph, { hosts }: PageModel): string {
  const [names, tunnels] = [
    nodes.filter((node) => node.kind === "name").length,
    edges.filter((edge) => edge.kind === "dials").length,
  ];
  return (
    `${count(hosts.length, "host")}, ${count(names, "group")} of names that lead to them or to Cloudflare, ` +
    `${count(tunnels, "tunnel")} of the mesh. The table below the picture says the same.`
  );
}

function marksOf({ hosts, edge }: PageModel): Map<string, Mark> {
  const mark = (answer: HostOnPage["answer"]): Mark => ({ tone: answer, ...ANSWERS[answer] });
  return new Map([
    ...hosts.map(({ host, answer }) => [hostId(host.name), mark(answer)] as const),
    ...edge.map(({ id, answer }) => [id, mark(answer)] as const),
  ]);
}

const LINES: Partial<Record<GraphEdge["kind"], string>> = {
  leads: "a name leads to what answers",
  dials: "dials the hub of the mesh",
  through: "is reached through",
  refers: "knows the address of",
  needs: "needs",
};

/** Only of what is in the picture. */
function legend({ edges }: Graph, { hosts, edge }: PageModel): Html {
  const answers = (["same", "drifted", "unknown", "new", "unseen", "planned"] as const).filter((answer) =>
    [...hosts, ...edge].some((thing) => thing.answer === answer),
  );
  const kinds = (Object.keys(LINES) as (keyof typeof LINES)[]).filter((kind) => edges.some((one) => one.kind === kind));
  const badges = answers.map((answer) => html`<li>${badge(answer)}</li>`);
  const lines = kinds.map((kind) => html`<li>${sample(kind)} ${LINES[kind]}</li>`);
  return html`<ul class="legend">${badges}${lines}</ul>`;
}

function sample(kind: string): Html {
  const arrow = html`<path d="M1 5 H26"/><path class="head" d="M25 1.8 L33 5 L25 8.2 Z"/>`;
  return html`<svg class="graph" width="34" height="10" aria-hidden="true"><g class="edge ${kind}">${arrow}</g></svg>`;
}

function hostRow({ host, answer }: HostOnPage, { names, facts: { fleet } }: PageModel): Row {
  const leading = names.filter((lead) => lead.to === hostId(host.name) && !lead.planned).map((lead) => lead.name);
  const tunnels = fleet.edge.tunnels
    .filter((tunnel) => tunnel.hosts.includes(host.name))
    .map((tunnel) => `tunnel ${tunnel.name}${tunnel.standby ? ", standby" : ""}`);
  const hub = fleet.mesh?.type === "wireguard" ? fleet.mesh.hub : undefined;
  const mesh =
    host.mesh === undefined
      ? []
      : [`mesh ${host.mesh}${host.name === hub ? ", its hub" : hub === undefined ? "" : `, dials ${hub}`}`];
  return {
    cells: [
      html`<a href="#${anchor("host", host.name)}">${host.name}</a>`,
      placeWords(host),
      leading.join(", "),
      [...mesh, ...tunnels, ...(host.jump ? [`through ${host.jump}`] : [])].join("; "),
      badge(answer),
    ],
  };
}
