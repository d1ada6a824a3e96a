import { describe, expect, test } from "vitest";
import { dependencyGraph } from "../../src/graph/dependencies.ts";
import { graphDot } from "../../src/graph/dot.ts";
import { layoutOf } from "../../src/graph/layout.ts";
import { namesOf } from "../../src/graph/names.ts";
import { graphPicture } from "../../src/graph/picture.ts";
import { topologyGraph } from "../../src/graph/topology.ts";
import { graphTree } from "../../src/graph/tree.ts";
import type { Graph } from "../../src/graph/types.ts";
import { loadFleet } from "../../src/load/fleet.ts";
import { viewOf } from "../../src/rules/view.ts";
import { fleetOf } from "../model/fixtures.ts";
import { hostile } from "../report/hostile.ts";
import { everything } from "./fleet.ts";

const empty = fleetOf({});
const arrows = (graph: Graph) =>
  graph.edges.map(({ from, to, kind, planned }) => `${from} ${kind} ${to}${planned ? " (planned)" : ""}`);

test("where names lead", () => {
  expect(namesOf(empty)).toEqual([]);
  expect(
    namesOf(everything()).map(({ name, type, zone, to, proxied, planned }) => [name, type, zone, to, proxied, planned]),
  ).toEqual([
    ["x.org", "A", "x.org", "host/web", true, false],
    ["www.x.org", "A", "x.org", "host/web", true, false],
    ["also.x.org", "CNAME", "x.org", "host/web", false, false],
    ["x.org", "MX", "x.org", undefined, false, false],
    ["old.y.org", "A", "y.org", undefined, false, true],
    ["home.x.org", null, "x.org", "tunnel/home", true, false],
    ["all.x.org", null, "x.org", "balancer/all", true, true],
    ["api.x.org", null, "x.org", "worker/api", true, false],
    ["x.org/api/*", null, "x.org", "worker/api", true, false],
    ["site.x.org", null, "x.org", "pages/site", true, false],
  ]);
});

test("the topology folds names with the same end, and leaves services and planned roads out", () => {
  expect(topologyGraph(viewOf(empty))).toMatchObject({ nodes: [], edges: [] });
  const graph = topologyGraph(viewOf(everything()));
  expect(graph.nodes.filter(({ kind }) => kind === "name").map(({ label, note }) => [label, note])).toEqual([
    ["x.org", "also www.x.org, proxied"],
    ["also.x.org", ""],
    ["home.x.org", ""],
    ["all.x.org", ""],
    ["api.x.org", "also x.org/api/*"],
    ["site.x.org", ""],
  ]);
  expect(arrows(graph).filter((line) => !line.startsWith("name/"))).toEqual([
    "tunnel/home needs host/shelf",
    "tunnel/spare needs host/web",
    "worker/api needs kv/cache",
    "worker/api needs database/rows",
    "worker/api needs bucket/files",
    "host/web dials host/hub",
    "host/shelf through host/hub",
  ]);
});

test("as a tree", () => {
  expect(graphTree(dependencyGraph(viewOf(empty)))).toBe("test");
  expect(graphTree(dependencyGraph(viewOf(everything())))).toBe(`test, WireGuard mesh 10.1.0.0/24
├─ web (Hetzner cx23, hel1) → hub hub
│  ├─ cert
│  ├─ nginx (443/tcp) → cert
│  ├─ later [planned]
│  └─ wireguard → hub/wireguard, hub
├─ hub (somebody VPS, Zürich)
│  └─ wireguard (51820/udp)
├─ shelf (Raspberry Pi) → through hub
│  └─ copy → web/nginx, hub
├─ next (Hetzner cx23, hel1) [planned]
├─ zone x.org
│  ├─ x.org (A, proxied) → web
│  ├─ www.x.org (A, proxied) → web
│  ├─ also.x.org (CNAME) → web
│  ├─ x.org (MX, mail.elsewhere.org)
│  ├─ home.x.org → tunnel home
│  ├─ all.x.org [planned] → load balancer all
│  ├─ api.x.org → Worker api
│  ├─ x.org/api/* → Worker api
│  └─ site.x.org → Pages site
├─ zone y.org
│  └─ old.y.org (A, 192.0.2.9) [planned]
└─ Cloudflare
   ├─ tunnel home → shelf
   ├─ tunnel spare → web
   ├─ load balancer all (failover over 2) [planned] → web, tunnel home
   ├─ Worker api → KV cache, database rows, bucket files
   ├─ Pages site
   ├─ bucket files
   ├─ KV cache
   └─ database rows`);
});

test.each(["alaivos", "vault1984"])(
  "%s: every box and arrow has its place, nothing overlaps, and twice is the same",
  async (name) => {
    const view = viewOf((await loadFleet(name)).fleet);
    for (const graph of [topologyGraph(view), dependencyGraph(view)]) {
      const layout = await layoutOf(graph);
      expect(layout.edges).toHaveLength(graph.edges.length);
      for (const [i, one] of layout.nodes.entries()) {
        expect(
          one.x >= 0 && one.y >= 0 && one.x + one.width <= layout.width && one.y + one.height <= layout.height,
        ).toBe(true);
        const overlapping = layout.nodes.filter(
          (other, j) =>
            j > i &&
            one.x < other.x + other.width &&
            other.x < one.x + one.width &&
            one.y < other.y + other.height &&
            other.y < one.y + one.height,
        );
        expect(overlapping).toEqual([]);
      }
      expect(await graphPicture(graph)).toBe(await graphPicture(graph));
    }
  },
);

describe.each(hostile)("%s", (_name, evil) => {
  const node = (id: string): Graph["nodes"][number] => ({
    id,
    kind: "host",
    label: evil,
    note: evil,
    planned: false,
    group: evil,
  });
  const graph: Graph = {
    name: evil,
    nodes: [node(evil), node("b")],
    edges: [{ from: evil, to: "b", kind: "needs", planned: false }],
    groups: [{ id: evil, label: evil }],
  };
  const hidden = /[^\P{Cc}\n]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

  test("is drawn as text, and Graphviz reads it as names", async () => {
    const picture = await graphPicture(graph);
    expect(
      picture
        .replace(/<style>.*<\/style>/s, "")
        .match(/<[^>]*>?/g)!
        .every((tag) => /^<\/?(svg|g|rect|text|path|title|circle)\b[^<]*>$/.test(tag)),
    ).toBe(true);
    expect(picture).not.toMatch(hidden);
    expect(graphDot(graph)).not.toMatch(hidden);
  });
  test("stays in its line of the tree", () => {
    const tree = graphTree(graph);
    expect(tree.split("\n")).toHaveLength(3);
    expect(tree).not.toMatch(hidden);
  });
});
