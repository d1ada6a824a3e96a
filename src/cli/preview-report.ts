import { readFile } from "node:fs/promises";
import type { EngineRun } from "../engine/run.ts";
import { loadFleet, type LoadedFleet } from "../load/fleet.ts";
import { checkFleet } from "../rules/check.ts";
import { compareFleets } from "../report/fleet-changes.ts";
import { describeFleet, parseBase, type ComparableFleet } from "../report/fleet-description.ts";
import { policyResults } from "../report/policies.ts";
import { previewOf, type Preview, type PreviewFacts } from "../report/preview.ts";
import { CliError } from "../terminal/output.ts";

/** How a preview is made; for tests, from something else than the engine. */
export interface PreviewSteps<Stack> {
  open: () => Promise<Stack>;
  plan: (stack: Stack) => Promise<Pick<EngineRun, "exitCode" | "events" | "output">>;
  load?: (name: string) => Promise<LoadedFleet>;
}

/**
 * A preview with all that is known, also where something failed: then `problems` says what, and the rest may not be
 * all.
 */
export async function previewReport<Stack>(
  name: string,
  { open, plan, load = loadFleet }: PreviewSteps<Stack>,
  base?: ComparableFleet,
): Promise<Preview> {
  try {
    const run = await plan(await open());
    const facts = factsOf(await load(name), base);
    const preview = previewOf(name, run.events, facts);
    return run.exitCode !== 0 && preview.problems.length === 0
      ? { ...preview, problems: [run.output.trim() || `the engine ended with ${run.exitCode}`] }
      : preview;
  } catch (error) {
    const facts = await load(name).then(
      (loaded) => factsOf(loaded, base),
      () => ({ policies: [], problems: [] }),
    );
    return previewOf(name, [], { ...facts, problems: [(error as Error).message] });
  }
}

/** What the files say, without looking at the world. */
function factsOf({ fleet, files }: LoadedFleet, base: ComparableFleet | undefined): PreviewFacts {
  const declared = describeFleet(fleet, files);
  const compared = base && compareFleets(base, parseBase(JSON.stringify(declared), fleet.name));
  return { declared, ...(compared && { compared }), policies: policyResults(fleet, checkFleet(fleet)), problems: [] };
}

/** Reads the file of --base. @throws CliError naming it */
export async function readBase(path: string, stack: string): Promise<ComparableFleet> {
  try {
    return parseBase(await readFile(path, "utf8"), stack);
  } catch (error) {
    throw new CliError(`--base ${path}: ${(error as Error).message}`);
  }
}
