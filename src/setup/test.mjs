// What `npm test` runs: everything that the tests need, then the tests. Arguments: parts of test file names, to run
// only those.
import { runUnderPinnedNode } from "./bootstrap.mjs";

await runUnderPinnedNode("src/setup/run-tests.ts", process.argv.slice(2));
