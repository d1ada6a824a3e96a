import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { lastUpdates } from "../../engine/history.ts";
import { readState } from "../../engine/read-state.ts";
import { loadFleet, type LoadedFleet } from "../../load/fleet.ts";
import { loadIgnoreRules } from "../../load/ignore.ts";
import { checkFleet, showFinding } from "../../rules/check.ts";
import { driftReport } from "../../report/drift.ts";
import type { PageFacts, Problem } from "../../report/page/facts.ts";
import { pageExitCode } from "../../report/page/answers.ts";
import { observe } from "../../deploy/observe.ts";
import { openDeployed } from "../../deploy/open-deployed.ts";
import { out, say, sayStyle } from "../../terminal/output.ts";

export interface ReportOptions {
  lab?: boolean;
  output: string;
  offline?: boolean;
}

/**
 * Writes a page about a fleet. It is written whatever goes wrong, as long as the fleet's files can be read; what is
 * unknown is named on it.
 */
export async function report(name: string, { lab = false, output, offline = false }: ReportOptions): Promise<void> {
  const loaded = await loadFleet(name);
  const at = new Date();
  const facts = { at, ...(offline ? declared(loaded, lab) : await look(loaded, lab, at)) };
  const { fleetPage } = await import("../../report/page/page.ts");
  const { page, answers } = await fleetPage(facts);
  const path = join(output, "index.html");
  await mkdir(output, { recursive: true });
  // Whoever reads the old page never sees half of the new one.
  await writeFile(`${path}.new`, page);
  await rename(`${path}.new`, path);
  for (const { about, message } of facts.problems) say(`${sayStyle("red", `${about}:`)} ${message}`);
  out(path);
  process.exitCode = pageExitCode(facts, answers);
}

type Looked = Omit<PageFacts, "at">;

/** What the files say, with what is wrong between them. */
function declared({ fleet, files }: LoadedFleet, lab: boolean): Looked {
  const problems = checkFleet(fleet).map((finding): Problem => ({
    about: "rules of the fleet",
    message: showFinding(finding),
  }));
  return { fleet, files, lab, offline: true, problems };
}

/**
 * Asks hosts, providers and the state, side by side; none of them waits for another, and what fails is a problem on the
 * page.
 */
async function look(loaded: LoadedFleet, lab: boolean, at: Date): Promise<Looked> {
  const known = { ...declared(loaded, lab), offline: false };
  const problems = [...known.problems];
  const attempt = async <T>(about: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      problems.push({ about, message: (error as Error).message });
      return undefined;
    }
  };
  const stack = await attempt("drift and health", () => openDeployed(loaded.fleet.name, { lab }));
  if (stack === undefined) return { ...known, problems };
  const [drift, state, updates] = await Promise.all([
    attempt("drift and health", async () =>
      driftReport(await observe(stack), {
        rules: await loadIgnoreRules(stack.name),
        today: at.toISOString().slice(0, 10),
      }),
    ),
    attempt("state", () => readState(stack.target)),
    attempt("last changes", () => lastUpdates(stack.target)),
  ]);
  return { ...known, ...(drift && { drift }), ...(state && { state }), ...(updates && { updates }), problems };
}
