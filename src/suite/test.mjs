// What `npm test` runs: everything that the tests need, then the tests. Arguments: parts of test file names, to run
// only those.
import { runUnderPinnedNode } from "../setup/bootstrap.mjs";

await runUnderPinnedNode("src/suite/run-tests.ts", process.argv.slice(2));
