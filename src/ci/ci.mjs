#!/usr/bin/env node
// What the workflows under .github/workflows run: `node src/ci/ci.mjs STEP`. See docs/pull-requests.md.
import { ensureModules, requireModules, runUnderPinnedNode } from "../setup/bootstrap.mjs";

// These are given no secrets; the others may be, and install nothing.
const SETUP = ["modules", "toolchain"];
const [step] = process.argv.slice(2);
await runUnderPinnedNode(
  "src/ci/main.ts",
  process.argv.slice(2),
  SETUP.includes(step) ? ensureModules : requireModules,
);
