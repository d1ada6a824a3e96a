import { monthlyCost } from "../../model/fleet.ts";
import { showSum, sumOf } from "../../model/cost.ts";
import type { Host } from "../../model/host.ts";
import { labelsOf } from "../../model/labels.ts";
import { policyText } from "../../model/policy.ts";
import { showPort } from "../../model/port.ts";
import { isActive } from "../../model/status.ts";
import { assertFleet } from "../../load/assert.ts";
import { loadFleet } from "../../load/fleet.ts";
import { out, outStyle } from "../output.ts";

/** Prints a fleet as it is declared; needs neither the engine nor the network. */
export async function show(name: string, options: { json?: boolean }): Promise<void> {
  const loaded = await loadFleet(name);
  assertFleet(loaded);
  const { fleet, files } = loaded;
  const description = {
    fleet: fleet.name,
    hosts: fleet.hosts.map((host) => describeHost(fleet.name, host, files[host.name]!)),
    monthlyCost: { active: monthlyCost(fleet), withPlanned: monthlyCost(fleet, { planned: true }), budget: fleet.budget, items: fleet.costs },
    scaling: fleet.scaling,
    policies: Object.fromEntries(Object.entries(fleet.policies).map(([id, policy]) => [id, policyText(policy)])),
  };
  if (options.json) return out(JSON.stringify(description, null, 2));
  for (const host of description.hosts) showHost(host);
  out(`${outStyle("bold", "cost")}  ${showSum(description.monthlyCost.active)}, with what is planned ${showSum(description.monthlyCost.withPlanned)}`);
  for (const { when, then, cost } of fleet.scaling) out(`${outStyle("bold", "when")}  ${when}: ${then}${cost ? ` (+${showSum(sumOf([cost]))})` : ""}`);
}

function describeHost(fleet: string, host: Host, file: string) {
  const services = host.services.map((s) => ({ name: s.name, status: isActive(s) ? "active" : "planned", ports: s.ports.map((p) => `${showPort(p)} ${p.exposure}`) }));
  const open = [...host.assumptions, ...host.services.flatMap((s) => (s.assumptions ?? []).map((a) => ({ ...a, field: `${s.name}.${a.field}` })))];
  return { name: host.name, file, kind: host.kind, status: host.status, ipv4: host.ipv4, labels: labelsOf(fleet, host), monthlyCost: host.monthlyCost, services, assumed: open };
}

function showHost(host: ReturnType<typeof describeHost>): void {
  out(`${outStyle("bold", host.name)}  ${host.kind}, ${host.status}${host.ipv4 ? `, ${host.ipv4}` : ""}${host.monthlyCost ? `, ${showSum(sumOf([host.monthlyCost]))}` : ""}  ${outStyle("dim", host.file)}`);
  for (const service of host.services) out(`  ${service.name}${service.status === "planned" ? " (planned)" : ""}${service.ports.length > 0 ? `  ${service.ports.join(", ")}` : ""}`);
  for (const { field, value, why } of host.assumed) out(outStyle("dim", `  assumed ${field} = ${JSON.stringify(value)}: ${why}`));
}
