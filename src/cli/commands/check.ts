import { CliError, out, outStyle } from "../../terminal/output.ts";
import { cronResults } from "../../probes/cron.ts";
import { dnsResults } from "../../probes/dns.ts";
import { closedProbes } from "../../probes/closed.ts";
import { addressOfName } from "../../probes/name.ts";
import { runProbe, type Outside, type ProbeResult } from "../../probes/run.ts";
import { visitorsResults } from "../../probes/visitors.ts";
import { readState } from "../../engine/read-state.ts";
import { addressesInState } from "../../clouds/addresses.ts";
import { contextOf } from "../../model/host.ts";
import type { Zone } from "../../model/dns.ts";
import { secretVariable } from "../../model/secret-variable.ts";
import { isActive } from "../../model/status.ts";
import { labEdge, labRoots } from "../../lab/status.ts";
import { sshArguments } from "../ssh-arguments.ts";
import { hostAddresses } from "../host-addresses.ts";
import { readConfig, secretValue, withProviderConfig } from "../../deploy/stack-config.ts";
import { openStack, type OpenStack } from "../../deploy/stack.ts";

/** Looks at every service from outside. Exits 1 when something is not as it should be. */
export async function check(name: string, options: { lab?: boolean; json?: boolean }): Promise<void> {
  const results = await checkAll(await openStack(name, options));
  const problems = results.filter((r) => r.problem !== undefined);
  if (options.json)
    out(
      JSON.stringify({
        stack: name,
        summary: {
          passed: results.length - problems.length,
          failed: problems.length,
          unknown: results.filter((r) => r.unknown).length,
        },
        results,
      }),
    );
  else
    for (const { what, problem, unknown } of results)
      out(
        `${problem === undefined ? outStyle("green", "✓") : outStyle("red", unknown ? "?" : "✗")} ${what}` +
          (problem === undefined ? "" : `: ${problem}`),
      );
  if (problems.length > 0) throw new CliError(`${name}: ${problems.length} of ${results.length} checks failed`);
}

/**
 * Probes of services, records as the DNS provider answers them, and cron entries as the machines have them. @param only
 * of these hosts alone
 */
export async function checkAll(stack: OpenStack, only?: readonly string[]): Promise<ProbeResult[]> {
  const { fleet } = stack;
  const [addresses, made] = await Promise.all([hostAddresses(stack), readState(stack.target).then(addressesInState)]);
  const config = await readConfig(stack);
  const valueOf = (name: string) => secretValue(stack, config, name) ?? missing(name);
  // The DNS does not know a lab's names, and no system its authority.
  const outside: Outside = stack.lab ? { authorities: await labRoots(stack.name) } : { resolve: addressOfName };
  const hosts = fleet.hosts.filter((host) => isActive(host) && (only?.includes(host.name) ?? true));
  // Records of no host, such as a text, are checked with the whole fleet.
  const checked =
    only === undefined
      ? fleet
      : {
          ...fleet,
          edge: { ...fleet.edge, pages: [], tunnels: [] },
          zones: fleet.zones.map((zone) => recordsOf(zone, only)),
        };
  const probes = hosts.flatMap((host) => {
    const services = host.services.filter(isActive);
    const context = { ...contextOf(host), standIns: stack.lab };
    const address = addresses[host.name];
    return [...services.flatMap((service) => service.probes(context)), ...closedProbes(host.publicPorts, services)].map(
      (probe) => runProbe(probe, address, valueOf, outside),
    );
  });
  const cron = hosts.map(async (host) => cronResults(host, stack.lab, await sshArguments(stack, host.name)));
  const edge = stack.lab ? await labEdge(stack.name) : undefined;
  const address = edge === undefined ? addressOfName : () => Promise.resolve(edge);
  const visitors = visitorsResults(checked, { address, authorities: outside.authorities });
  return (
    await Promise.all([
      Promise.all(probes),
      visitors,
      dnsResults(checked, withProviderConfig(stack, config), made),
      ...cron,
    ])
  ).flat();
}

const recordsOf = (zone: Zone, hosts: readonly string[]): Zone => ({
  ...zone,
  records: zone.records.filter(({ target }) => typeof target !== "string" && hosts.includes(target.name)),
});

function missing(name: string): never {
  throw new Error(`the value of ${name} is needed: give ${secretVariable(name)}`);
}
