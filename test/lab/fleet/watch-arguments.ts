import { setTimeout as sleep } from "node:timers/promises";
import { findProcesses } from "../../../src/lab/machines/processes.ts";

/** Looks at the arguments of all processes of this machine, again and again, until it is stopped. */
export function watchArguments(): { stop(values: string[]): Promise<string[]> } {
  const seen = new Set<string>();
  let running = true;
  const watching = (async () => {
    while (running) {
      for (const { found } of findProcesses((args) => args.join(" "))) seen.add(found);
      await sleep(25);
    }
  })();
  return {
    /** @returns the arguments that held one of the values */
    async stop(values) {
      running = false;
      await watching;
      if (![...seen].some((text) => text.includes("pulumi"))) throw new Error("nothing of the run was seen");
      return [...seen].filter((text) => values.some((value) => text.includes(value)));
    },
  };
}
