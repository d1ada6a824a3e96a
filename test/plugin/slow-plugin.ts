import { setTimeout as sleep } from "node:timers/promises";
import { runAttachedPlugin, runPlugin } from "../../src/plugin/server.ts";

/** A plugin whose one function takes a while, for tests of how a plugin ends. */
let cancelled = false;
await (process.argv[2] === "attached" ? runAttachedPlugin : runPlugin)({
  name: "slow",
  version: "0.0.0",
  resources: {},
  functions: {
    "slow:a:work": async () => {
      await sleep(700);
      return { cancelled };
    },
  },
  cancel: () => void (cancelled = true),
});
