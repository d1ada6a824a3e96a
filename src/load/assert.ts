import { checkFleet, showFinding } from "../rules/check.ts";
import type { LoadedFleet } from "./fleet.ts";

/**
 * @throws Error with every finding of the fleet's rules, each naming the files and the remedy; nothing has been touched
 * then
 */
export function assertFleet({ fleet, files }: LoadedFleet): void {
  const hosts = new Map(fleet.hosts.map((host) => [host, files[host.name]!]));
  const findings = checkFleet(fleet, { hosts, fleet: `stacks/${fleet.name}/fleet.ts` });
  if (findings.length > 0)
    throw new Error(
      `fleet ${fleet.name} is not in order, so nothing was touched:\n` +
        findings.map((f) => `  ${showFinding(f)}`).join("\n"),
    );
}
