import { fail, out } from "../cli/output.ts";

/**
 * `command.ts up|drift SERVICES fleet|empty`: what `fleet up bench --lab` and `fleet drift bench --lab` do, with so many services on each
 * host, on the fleet provider or on one that does nothing. Prints the summary as JSON. As for `fleet`, a command's code is loaded when it runs.
 */
const [command, services, provider] = process.argv.slice(2);

try {
  const summary = command === "drift" ? (await import("./drift.ts")).driftBench() : (await import("./up.ts")).upBench(Number(services), provider as "fleet" | "empty");
  out(JSON.stringify(await summary));
} catch (error) {
  fail(error);
}
