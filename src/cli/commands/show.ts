import { showSum, sumOf } from "../../model/cost.ts";
import { assertFleet } from "../../load/assert.ts";
import { loadFleet } from "../../load/fleet.ts";
import { describeFleet, type FleetDescription } from "../../report/fleet-description.ts";
import { out, outStyle } from "../../terminal/output.ts";

/** Prints a fleet as it is declared; needs neither the engine nor the network. */
export async function show(name: string, options: { json?: boolean }): Promise<void> {
  const loaded = await loadFleet(name);
  assertFleet(loaded);
  const description = describeFleet(loaded.fleet, loaded.files);
  if (options.json) return out(JSON.stringify(description, null, 2));
  for (const host of description.hosts) showHost(host);
  out(
    `${outStyle("bold", "cost")}  ${showSum(description.monthlyCost.active)}, ` +
      `with what is planned ${showSum(description.monthlyCost.withPlanned)}`,
  );
  for (const { when, then, cost } of description.scaling)
    out(`${outStyle("bold", "when")}  ${when}: ${then}${cost ? ` (+${showSum(sumOf([cost]))})` : ""}`);
}

function showHost(host: FleetDescription["hosts"][number]): void {
  out(
    `${outStyle("bold", host.name)}  ${host.kind}, ${host.status}${host.ipv4 ? `, ${host.ipv4}` : ""}` +
      `${host.monthlyCost ? `, ${showSum(sumOf([host.monthlyCost]))}` : ""}  ${outStyle("dim", host.file)}`,
  );
  for (const service of host.services)
    out(
      `  ${service.name}${service.status === "planned" ? " (planned)" : ""}` +
        (service.ports.length > 0 ? `  ${service.ports.join(", ")}` : ""),
    );
  for (const { field, value, why } of host.assumed)
    out(outStyle("dim", `  assumed ${field} = ${JSON.stringify(value)}: ${why}`));
}
