import { startVitest } from "vitest/node";
import { closingLine, countTests, type Counts } from "./count-tests.ts";
import { labBlocker } from "./debian.ts";
import { root } from "./paths.ts";
import { ensureSetup } from "./index.ts";

const files = process.argv.slice(2);
const blocker = await labBlocker();

try {
  await ensureSetup({ lab: !blocker, announce: true });
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}

const total: Counts = { passed: 0, failed: 0, skipped: 0 };
for (const project of blocker ? ["fast"] : ["fast", "lab"]) {
  const vitest = await startVitest("test", files, { root, run: true, watch: false, project, passWithNoTests: true });
  countTests(vitest.state, total);
  await vitest.close();
}
if (blocker) console.log(`The tests in test/lab were left out: ${blocker}.`);

console.log(closingLine(total));
process.exit(total.failed > 0 ? 1 : 0);
