#!/usr/bin/env node
// `fleet up` and `fleet drift` for the benchmark's stack, started as src/cli/fleet.mjs starts them for any other.
import { runUnderPinnedNode } from "../setup/bootstrap.mjs";

await runUnderPinnedNode("src/bench/command.ts", process.argv.slice(2));
