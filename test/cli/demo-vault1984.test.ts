import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { CEILING, DAMAGE, GO } from "../../src/cli/demo/vault1984.ts";
import { loadFleet, ROOT } from "../../src/load/fleet.ts";
import { contextOf } from "../../src/model/host.ts";

test("what the demo of vault1984 edits and breaks is there", async () => {
  const text = await readFile(join(ROOT, "stacks/vault1984/fleet.ts"), "utf8");
  for (const pattern of [GO, CEILING]) expect(text.match(new RegExp(pattern, "g"))).toHaveLength(1);
  const [name, kind] = DAMAGE.resource.split("/");
  const host = (await loadFleet("vault1984")).fleet.hosts.find((each) => each.name === name)!;
  const { units } = host.services.find((each) => each.name === kind)!.render(contextOf(host));
  expect(Object.keys(units).map((unit) => `units["${unit}"].active`)).toContain(DAMAGE.path);
});
