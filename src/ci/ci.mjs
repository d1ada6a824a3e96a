#!/usr/bin/env node
// What the workflows under .github/workflows run: `node src/ci/ci.mjs STEP`. See docs/pull-requests.md.
import { runUnderPinnedNode } from "../setup/bootstrap.mjs";

await runUnderPinnedNode("src/ci/main.ts", process.argv.slice(2));
