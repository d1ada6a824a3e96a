import { serveControl } from "./control.ts";
import { Lab } from "./lab.ts";
import { labPaths } from "./paths.ts";

/**
 * The process that a lab lives in, one for each stack: `node daemon.ts <stack>`. Started by `fleet lab up`,
 * told what to do through its control socket, ends by `fleet lab down`.
 */
const [stack] = process.argv.slice(2);
if (!stack) throw new Error("usage: node daemon.ts <stack>");
// A terminal's Ctrl-C is not meant for it; whoever ends it politely gets a clean end.
process.on("SIGINT", () => {});
process.on("SIGHUP", () => {});
process.on("SIGTERM", () => void down().then(() => control.close()));
process.on("unhandledRejection", (error) => console.error(error));

const lab = await Lab.open(stack);
let closing: Promise<null> | undefined;
const down = () => (closing ??= lab.close().then(() => null));

const control = await serveControl(labPaths(stack).socket, {
  ping: async () => null,
  apply: async ({ spec, images }) => lab.apply(spec, images).then(() => null),
  down: async () => {
    await down();
    control.close();
    return null;
  },
  log: async ({ count }) => lab.log.last(count),
  fault: async (rule) => lab.faults.add(rule),
  "clear-faults": async () => lab.faults.clear(),
  save: async ({ folder }) => lab.save(folder).then(() => null),
  machine: async ({ name, action }) => lab.act(name, action).then(() => null),
});
