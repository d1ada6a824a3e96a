import { formatGoals, type FormatResults } from "./format-report.ts";
import { regionGoals, showRegions, type RegionResults } from "./regions-report.ts";
import { median, seconds, spread, table, type Goal } from "./report-parts.ts";

/** Everything that one run of the benchmark found, times in seconds. */
export interface Results {
  date: string;
  machine: string;
  runs: number;
  /** By tool, in the order of the table. */
  times: Record<string, { up: number[]; drift: number[] }>;
  /** The second `up`, on the fleet provider and on the empty one. */
  again: { fleet: number[]; empty: number[] };
  /** Services per host → what one host saw of `fleet drift`, and of the `up` that made them. */
  wire: { services: number; drift: Wire; up: Wire }[];
  providerBytes: number;
  regions: RegionResults;
  format: FormatResults;
}

interface Wire {
  handshakes: number;
  roundTrips: number;
}

const times = (value: number): string => `${value.toFixed(1)}×`;

/** Each goal with what was found, medians against medians. */
export function goalsOf(results: Results): Goal[] {
  const of = (kind: "up" | "drift", tool: string) => median(results.times[tool]![kind]);
  const fastestPeer = (kind: "up" | "drift") =>
    Math.min(
      ...Object.keys(results.times)
        .filter((tool) => tool !== "fleet")
        .map((tool) => of(kind, tool)),
    );
  const absolute = (what: string, kind: "up" | "drift", limit: number): Goal => ({
    what,
    goal: `at most ${seconds(limit)}`,
    found: seconds(of(kind, "fleet")),
    met: of(kind, "fleet") <= limit,
  });
  const relative = (what: string, kind: "up" | "drift", factor: number): Goal => {
    const found = fastestPeer(kind) / of(kind, "fleet");
    return {
      what: `${what}, against the faster peer`,
      goal: `at least ${factor}× faster`,
      found: times(found),
      met: found >= factor,
    };
  };
  const again = median(results.again.fleet) / median(results.again.empty);
  const handshakes = Math.max(...results.wire.flatMap(({ drift, up }) => [drift.handshakes, up.handshakes]));
  const [fewest, most] = [results.wire[0]!, results.wire.at(-1)!];
  const trips = (kind: "up" | "drift") => results.wire.map((wire) => wire[kind].roundTrips).join(", ");
  const megabytes = results.providerBytes / 2 ** 20;
  return [
    absolute("drift check", "drift", 1.2),
    relative("drift check", "drift", 4),
    absolute("from nothing", "up", 6),
    relative("from nothing", "up", 3),
    {
      what: "second up, against an empty provider",
      goal: "at most 1.5×",
      found: `${again.toFixed(2)}×`,
      met: again <= 1.5,
    },
    { what: "SSH handshakes per host and command", goal: "1", found: String(handshakes), met: handshakes === 1 },
    {
      what: `round trips per host of a drift check with ${results.wire.map((w) => w.services).join(", ")} services`,
      goal: "not growing",
      found: trips("drift"),
      met: most.drift.roundTrips <= fewest.drift.roundTrips,
    },
    {
      what:
        "round trips per host of an up from nothing with " +
        `${results.wire.map((w) => w.services).join(", ")} services`,
      goal: "not growing",
      found: trips("up"),
      met: most.up.roundTrips <= fewest.up.roundTrips,
    },
    {
      what: "peak memory of the provider process",
      goal: "under 200 MB",
      found: `${megabytes.toFixed(0)} MB`,
      met: megabytes < 200,
    },
    ...regionGoals(results.regions),
    ...formatGoals(results.format),
  ];
}

/** The result as Markdown, as it is kept in docs/benchmark.md. */
export function showResults(results: Results): string {
  const made = `${results.date}, ${results.machine}, ${results.runs} runs each after a warm-up`;
  return `# Benchmark

\`npm run bench\` measures anew and writes this page. ${made}. Seconds: median (least–most).

## Ten hosts, beside its peers

Ten machines of the lab, each with 20 services: a unit file, and the unit enabled and running. All tools work on the same machines over the
same ssh with host keys verified, in turns, each from its own cold process; peers at their best settings (Mitogen, pipelining, ten forks).
Both ends of every connection share this computer's cores, so the lab's ssh_config has ssh exchange keys by curve25519 for all of them.

${table(
  ["", "from nothing", "nothing to do"],
  Object.entries(results.times).map(([tool, { up, drift }]) => [tool, spread(up), spread(drift)]),
)}

${table(
  ["second up", "seconds"],
  [
    ["fleet", spread(results.again.fleet)],
    ["the same stack with an empty provider", spread(results.again.empty)],
  ],
)}

${showRegions(results.regions)}
## Goals

${table(
  ["", "goal", "found", ""],
  goalsOf(results).map(({ what, goal, found, met }) => [what, goal, found, met ? "met" : "**missed**"]),
)}
`;
}
