import { startVitest } from "vitest/node";
import { auditPackages, describeAudit } from "./audit-packages.ts";
import { checkFormat } from "./check-format.ts";
import { checkTypes } from "./check-types.ts";
import { ensureBrowser } from "../setup/browser.ts";
import { addOutcome, closingLines, type Outcome } from "./outcome.ts";
import { ensureSetup } from "../deploy/ensure-setup.ts";
import { labBlocker } from "../setup/debian.ts";
import { root } from "../setup/paths.ts";
import { progress } from "../setup/progress.mjs";
import { findMistakes } from "./find-mistakes.ts";
import { fileTimes, slowestFiles, type FileTime } from "./slow-files.ts";

const files = process.argv.slice(2);
const blocker = await labBlocker();
const times: FileTime[] = [];
const outcome: Outcome = { passed: 0, skipped: 0, failures: [] };

try {
  await ensureSetup({ lab: !blocker, announce: true });
  if (!blocker) await ensureBrowser({ progress, signal: new AbortController().signal }).catch(fail);
  await testAll();
} catch (error) {
  fail(error as Error);
}
console.log(slowestFiles(times));
console.log(closingLines(outcome));
process.exit(outcome.failures.length > 0 ? 1 : 0);

/** A step outside of tests has failed. */
function fail({ message }: Error): void {
  console.error(message);
  outcome.failures.push({ where: "npm test", message });
}

/**
 * What fails fastest comes first: the code, then what needs no machines, then the lab. All of it runs, whatever fails.
 */
async function testAll(): Promise<void> {
  if (files.length === 0) await checkCode();
  for (const config of blocker ? ["vitest.config.ts"] : ["vitest.config.ts", "vitest.lab.config.ts"]) {
    const vitest = await startVitest("test", files, { root, config, run: true, watch: false, passWithNoTests: true });
    addOutcome(vitest.state, root, outcome);
    times.push(...fileTimes(vitest.state, root));
    await vitest.close();
  }
  if (blocker) console.log(`The tests in test/lab were left out: ${blocker}.`);
}

/** What becomes known against a package is told, and fails no test: nobody here has changed anything. See drift.yml. */
async function checkCode(): Promise<void> {
  const [audit] = await Promise.all([
    progress.step("Ask what is known against the packages (npm audit)", () => auditPackages(root)),
    progress.step("Check the types (tsc)", () => checkTypes(root)).catch(fail),
    progress.step("Check the format (oxfmt)", () => checkFormat(root)).catch(fail),
    progress.step("Find mistakes (oxlint)", () => findMistakes(root)).catch(fail),
  ]);
  console.log(describeAudit(audit));
}
