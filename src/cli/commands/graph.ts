import { dependencyGraph } from "../../graph/dependencies.ts";
import { graphDot } from "../../graph/dot.ts";
import { graphTree } from "../../graph/tree.ts";
import { assertFleet } from "../../load/assert.ts";
import { loadFleet } from "../../load/fleet.ts";
import { viewOf } from "../../rules/view.ts";
import { out } from "../../terminal/output.ts";

/** Prints what in a fleet depends on what; needs neither the engine nor the network. */
export async function graph(name: string, { format }: { format: "text" | "dot" | "svg" }): Promise<void> {
  const loaded = await loadFleet(name);
  assertFleet(loaded);
  const dependencies = dependencyGraph(viewOf(loaded.fleet));
  if (format === "text") return out(graphTree(dependencies));
  if (format === "dot") return out(graphDot(dependencies).trimEnd());
  // Graphviz takes a while to load.
  out(await (await import("../../graph/picture.ts")).graphPicture(dependencies));
}
