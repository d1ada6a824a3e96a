import { join } from "node:path";
import type { Changes } from "../engine/changes.ts";
import type { Drift } from "../engine/drift.ts";
import { fleetDir } from "../setup/paths.ts";
import { copyCheckout } from "./checkout.ts";
import { giveGo } from "./go.ts";
import { measure, type Measured } from "./measure.ts";
import type { RegionResults } from "./regions-report.ts";
import { countWire } from "./wire.ts";

const FLEET = "vault1984";
/** Room for all regions and one more. */
const CEILING = 200;
const REGION = { name: "tokyo", region: "ap-northeast-1" };

interface Wishes {
  runs: number;
  note: (text: string) => void;
  /**
   * Makes so many resources on a provider that does nothing; what it returns tells the seconds of a preview of them.
   */
  emptyOf: (resources: number) => Promise<() => Promise<number>>;
}

/**
 * Brings vault1984 up from nothing in a copy of this checkout, the pilot and after a go the others, looks at it, and opens a region. Nothing of it is left
 * afterwards.
 */
export async function measureRegions({ runs, note, emptyOf }: Wishes): Promise<RegionResults> {
  const folder = join(fleetDir, "bench", "regions");
  const fleet = (args: readonly string[], env?: NodeJS.ProcessEnv) =>
    measure([process.execPath, join(folder, "src/cli/fleet.mjs"), ...args], {
      cwd: folder,
      env: { ...process.env, ...env },
    });
  await fleet(["lab", "down", FLEET, "--forget"]).catch(() => {});
  await copyCheckout(folder, [`hosts/${FLEET}`, `stacks/${FLEET}`]);
  try {
    await fleet(["lab", "up", FLEET]);
    note("from nothing");
    const pilot = await fleet(["up", FLEET, "--lab", "--json"]);
    await giveGo(folder, FLEET, CEILING);
    const up = await fleet(["up", FLEET, "--lab", "--json"]);
    const resources = changesIn(up).resources.length;
    const emptyPreview = await emptyOf(resources);
    const times = { preview: [] as number[], planned: [] as number[], empty: [] as number[], drift: [] as number[] };
    // The round before the first one warms caches and does not count.
    for (let round = 0; round <= runs; round += 1) {
      note(`nothing to do, round ${round} of ${runs}`);
      const found = {
        preview: unchanged(await fleet(["preview", FLEET, "--lab", "--json"])),
        planned: unchanged(await fleet(["preview", FLEET, "--lab", "--json", "--no-refresh"])),
        empty: await emptyPreview(),
        drift: asDeclared(await fleet(["drift", FLEET, "--lab", "--format", "json"])),
      };
      if (round > 0)
        for (const [what, seconds] of Object.entries(found)) times[what as keyof typeof times].push(seconds);
    }
    const driftWire = await countWire((env) => fleet(["drift", FLEET, "--lab", "--format", "json"], env));
    note("one region more");
    await fleet(["new", "host", FLEET, REGION.name, "--kind", "aws", "--region", REGION.region]);
    let region!: Measured;
    const regionWire = await countWire(
      async (env) => (region = await fleet(["up", FLEET, "--lab", "--json", "--no-refresh"], env)),
    );
    return {
      hosts: driftWire.size,
      resources,
      up: pilot.seconds + up.seconds,
      ...times,
      driftHandshakes: Math.max(...[...driftWire.values()].map((wire) => wire.handshakes)),
      region: {
        seconds: region.seconds,
        resources: changesIn(region).summary.create,
        handshakes: Object.fromEntries([...regionWire].map(([host, wire]) => [host, wire.handshakes])),
      },
    };
  } finally {
    await fleet(["lab", "down", FLEET, "--forget"]);
  }
}

const changesIn = ({ stdout }: Measured): Changes => JSON.parse(stdout) as Changes;

/** @throws Error when something was to be changed: then it is another thing that was measured */
function unchanged(measured: Measured): number {
  const { same, ...changes } = changesIn(measured).summary;
  if (Object.values(changes).some((count) => count > 0))
    throw new Error(`fleet preview ${FLEET} found ${JSON.stringify(changes)} to do beside ${same} unchanged`);
  return measured.seconds;
}

function asDeclared({ stdout, seconds }: Measured): number {
  const { same, ...others } = (JSON.parse(stdout) as Drift).summary;
  if (Object.values(others).some((count) => count > 0))
    throw new Error(`fleet drift ${FLEET} found ${JSON.stringify(others)} beside ${same} as declared`);
  return seconds;
}
