import { median, seconds, spread, table, type Goal } from "./report-parts.ts";

/** What was measured of vault1984, times in seconds. */
export interface RegionResults {
  hosts: number;
  resources: number;
  /** From nothing, with the booting of its instances. */
  up: number;
  /** Looks at everything first. */
  preview: number[];
  /** Takes the state's word. */
  planned: number[];
  /** As `preview`, of as many resources on a provider that does nothing. */
  empty: number[];
  drift: number[];
  /** The highest of any host. */
  driftHandshakes: number;
  region: { seconds: number; resources: number; handshakes: Record<string, number> };
}

export function regionGoals({ hosts, preview, planned, empty, drift, driftHandshakes, region }: RegionResults): Goal[] {
  const against = (values: readonly number[]) => median(values) / median(empty);
  const touched = Object.keys(region.handshakes).sort();
  const relative = (what: string, values: readonly number[]): Goal => ({
    what: `${what}, against an empty provider`,
    goal: "at most 1.5×",
    found: `${against(values).toFixed(2)}×`,
    met: against(values) <= 1.5,
  });
  return [
    {
      what: `drift check of ${hosts} hosts`,
      goal: `at most ${seconds(2.5)}`,
      found: seconds(median(drift)),
      met: median(drift) <= 2.5,
    },
    { what: "SSH handshakes per host of it", goal: "1", found: String(driftHandshakes), met: driftHandshakes === 1 },
    relative("preview with nothing to do", preview),
    relative("the same with --no-refresh", planned),
    {
      what: "hosts that opening a region connects to",
      goal: "the new one and the hub",
      found: touched.join(", "),
      met: touched.join() === "tokyo,zurich",
    },
  ];
}

const HOW = "in a lab of their own. From nothing, instances are made and booted in five stages.";

export const showRegions = (results: RegionResults): string => `## vault1984: ${results.hosts} hosts

${results.resources} resources, ${results.hosts} machines that carry everything the fleet declares, ${HOW}

${table(
  ["", "seconds", "resources"],
  [
    ["from nothing", results.up.toFixed(1), String(results.resources)],
    ["preview with nothing to do", spread(results.preview), String(results.resources)],
    ["the same with --no-refresh", spread(results.planned), String(results.resources)],
    ["preview of as many resources with an empty provider", spread(results.empty), String(results.resources)],
    ["drift check", spread(results.drift), ""],
    ["opening a region", results.region.seconds.toFixed(1), `${results.region.resources} made`],
  ],
)}

SSH handshakes of opening a region: ${Object.entries(results.region.handshakes)
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([host, count]) => `${host} ${count}`)
  .join(", ")}.
`;
