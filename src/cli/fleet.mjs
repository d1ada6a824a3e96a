#!/usr/bin/env node
// The `fleet` command, from a clone with nothing installed: see src/setup/bootstrap.mjs.
import { runUnderPinnedNode } from "../setup/bootstrap.mjs";

await runUnderPinnedNode("src/cli/main.ts", process.argv.slice(2));
