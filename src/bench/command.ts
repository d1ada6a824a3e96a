import { fail, out } from "../terminal/output.ts";

/**
 * `command.ts up|preview|drift SERVICES fleet|empty`: what `fleet up bench --lab`, `fleet preview` and `fleet drift`
 * do, with so many services on each host, on the fleet provider or on one that does nothing. Prints the summary as
 * JSON. As for `fleet`, a command's code is loaded when it runs.
 */
const [command, services, provider] = process.argv.slice(2);

try {
  out(JSON.stringify(await run(Number(services), provider as "fleet" | "empty")));
} catch (error) {
  fail(error);
}

async function run(services: number, provider: "fleet" | "empty"): Promise<object> {
  if (command === "drift") return (await import("./drift.ts")).driftBench();
  const { previewBench, upBench } = await import("./up.ts");
  return command === "preview" ? previewBench(services, provider) : upBench(services, provider);
}
