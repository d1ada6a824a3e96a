import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { pulumi } from "../../../src/engine/run.ts";
import { Store } from "../../../src/lab/clouds/store.ts";
import type { StateResource } from "../../../src/engine/state.ts";
import { done, startWorld, type FleetInput } from "./world.ts";

/**
 * Stacks as the version before the kinds left them (commit 4527919), with what stood in their clouds: alaivos and
 * vault1984's records, and a zone with several records of a name, whose names in the stack were numbers then.
 */
interface Before {
  fleet: FleetInput;
  resources: StateResource[];
  cloudflare: Row[];
  hetzner: Row[];
}
type Row = [cloud: string, collection: string, id: string, value: object];

test.each(["alaivos", "vault1984", "twins"])("an `up` over %s of the version before changes nothing", async (name) => {
  const before = JSON.parse(await readFile(join(import.meta.dirname, "before", `${name}.json`), "utf8")) as Before;
  const hetzner = new Store(":memory:");
  for (const [cloud, collection, id, value] of before.hetzner) hetzner.collection(cloud, collection).put(id, value);
  const world = await startWorld({ aws: false, hetzner });
  const folder = await mkdtemp(join(tmpdir(), "fleet-before-"));
  try {
    for (const [cloud, collection, id, value] of before.cloudflare)
      world.cloudflare.store.collection(cloud, collection).put(id, value);
    const { target } = await world.open(before.fleet);
    const file = join(folder, "state.json");
    await writeFile(file, JSON.stringify({ version: 3, deployment: { resources: before.resources } }));
    await pulumi(["stack", "import", "--stack", name, "--file", file], target);
    const changes = await world.up(before.fleet);
    expect(done(changes)).toEqual([]);
    expect(changes.summary).toMatchObject({ create: 0, update: 0, replace: 0, delete: 0 });
    expect(done(await world.up({ ...before.fleet, zones: before.fleet.zones?.map(turned) }))).toEqual([]);
  } finally {
    await world.close();
    await rm(folder, { recursive: true, force: true });
  }
});

/** Its lines the other way round. */
const turned = <Z extends { records?: unknown[] }>(zone: Z): Z => ({ ...zone, records: zone.records?.toReversed() });
