import { availableParallelism, cpus, totalmem } from "node:os";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { benchFleet, HOSTS, SERVICES } from "../../bench/fleet.ts";
import { measureFormat } from "../../bench/format-report.ts";
import { STACK } from "../../bench/stack.ts";
import { BenchMachines } from "../../bench/machines.ts";
import { peakMemory } from "../../bench/measure.ts";
import { measureRegions } from "../../bench/regions.ts";
import { showResults, type Results } from "../../bench/report.ts";
import { fleetTool, peers, type Tool } from "../../bench/tools.ts";
import { countWire, mostOf } from "../../bench/wire.ts";
import { labDown, labStatus } from "../../lab/lifecycle.ts";
import { ROOT } from "../../load/fleet.ts";
import { progress } from "../../setup/progress.mjs";
import { pythonWith } from "../../setup/python.ts";
import { interruptible, step } from "../../terminal/interrupt.ts";
import { out } from "../../terminal/output.ts";
import { openFleet } from "../../deploy/stack.ts";

const RUNS = 3;
/** Services per host for which round trips are counted. */
const SIZES = [1, 20, 60];
const PROVIDER = "src/provider/main.ts";

/** Measures fleet beside its peers on the same machines, prints the table and keeps it in docs/benchmark.md. */
export async function bench(): Promise<void> {
  const python = await progress.step("Python packages of the peers", () =>
    pythonWith(join(ROOT, "src/bench/peers/requirements.txt")),
  );
  await labDown(STACK, { forget: true });
  const page = await interruptible(async (signal) => {
    try {
      await openFleet(benchFleet(SERVICES), { lab: true });
      return showResults(await measureAll(python, signal));
    } finally {
      await labDown(STACK, { forget: true });
    }
  });
  await writeFile(join(ROOT, "docs/benchmark.md"), page);
  out(page);
}

/** Nothing is started any more once the signal is aborted. */
const stoppedBy = (signal: AbortSignal, tool: Tool): Tool => ({
  ...tool,
  up: () => step(signal, () => tool.up()),
  drift: () => step(signal, () => tool.drift()),
});

async function measureAll(python: string, signal: AbortSignal): Promise<Results> {
  const status = await labStatus(STACK);
  const machines = new BenchMachines(status.sshConfig);
  const [fleet, empty] = [stoppedBy(signal, fleetTool("fleet")), stoppedBy(signal, fleetTool("empty"))];
  const tools = [fleet, ...(await peers(python, status)).map((tool) => stoppedBy(signal, tool))];
  const times: Results["times"] = Object.fromEntries(tools.map(({ name }) => [name, { up: [], drift: [] }]));
  const again: Results["again"] = { fleet: [], empty: [] };

  // The round before the first one warms caches and does not count. Who goes first changes, so that noise hits all
  // alike.
  for (let round = 0; round <= RUNS; round += 1) {
    await progress.step(round === 0 ? "Warm up" : `Round ${round} of ${RUNS}`, async (note) => {
      for (const tool of [...tools.slice(round % tools.length), ...tools.slice(0, round % tools.length)]) {
        note(`${tool.name} from nothing`);
        keep(round, times[tool.name]!.up, await fromNothing(tool, machines, SERVICES));
        note(`${tool.name}, nothing to do`);
        keep(round, times[tool.name]!.drift, (await tool.drift()).seconds);
        if (tool !== fleet) continue;
        note("fleet, second up");
        keep(round, again.fleet, (await fleet.up()).seconds);
        keep(round, again.empty, (await empty.up()).seconds);
      }
    });
  }
  const providerBytes = await progress.step("Watch the provider's memory", () =>
    peakMemory(PROVIDER, async () => {
      await fromNothing(fleet, machines, SERVICES);
      await fleet.drift();
      await fleet.up();
    }),
  );
  const wire = await progress.step("Count round trips", () => countAll(machines, signal));
  const regions = await progress.step("vault1984", (note) =>
    measureRegions({ runs: RUNS, note, emptyOf: (resources) => emptyOf(resources, signal) }),
  );
  const format = await progress.step("Format a large preview", () => measureFormat(RUNS));
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: describeMachine(),
    runs: RUNS,
    times,
    again,
    wire,
    providerBytes,
    regions,
    format,
  };
}

const keep = (round: number, into: number[], seconds: number): void => {
  if (round > 0) into.push(seconds);
};

/** Empties the machines, then measures; and makes sure that the tool has done its work. */
async function fromNothing(tool: Tool, machines: BenchMachines, services: number): Promise<number> {
  await machines.reset();
  await tool.forget?.();
  const { seconds } = await tool.up();
  await machines.expectServices(services);
  return seconds;
}

async function countAll(machines: BenchMachines, signal: AbortSignal): Promise<Results["wire"]> {
  const counted: Results["wire"] = [];
  for (const services of SIZES) {
    const fleet = (env: NodeJS.ProcessEnv) => stoppedBy(signal, fleetTool("fleet", services, env));
    const up = await countWire((env) => fromNothing(fleet(env), machines, services));
    const drift = await countWire((env) => fleet(env).drift());
    counted.push({ services, drift: mostOf(drift), up: mostOf(up) });
  }
  return counted;
}

/** As many resources, near enough, on the provider that does nothing. */
async function emptyOf(resources: number, signal: AbortSignal): Promise<() => Promise<number>> {
  const tool = fleetTool("empty", Math.ceil(resources / HOSTS));
  await tool.forget();
  await step(signal, () => tool.up());
  return async () => (await step(signal, () => tool.preview())).seconds;
}

const describeMachine = (): string =>
  `${availableParallelism()} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB`;
