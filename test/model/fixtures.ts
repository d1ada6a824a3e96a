import { z } from "zod";
import type { BundleInput } from "../../src/model/bundle.ts";
import { type Fleet, fleet } from "../../src/model/fleet.ts";
import { hetzner, type HetznerHost } from "../../src/model/host.ts";
import type { Port } from "../../src/model/port.ts";
import type { Probe } from "../../src/model/probe.ts";
import { checkFleet } from "../../src/rules/check.ts";
import type { FleetFiles } from "../../src/rules/view.ts";
import { type Service, service, type ServiceDefinition } from "../../src/model/service.ts";

interface Sketch {
  ports?: Port[];
  dependsOn?: string[];
  runsOn?: ServiceDefinition<z.ZodType>["runsOn"];
  bundle?: BundleInput | ((host: { timeZone: string }) => BundleInput);
  probes?: Probe[];
}

/** A service with just the parts that a test is about. */
export const sketch = (
  kind: string,
  { ports = [], dependsOn = [], runsOn, bundle = {}, probes = [] }: Sketch = {},
): Service =>
  service(kind, {
    args: z.strictObject({}),
    runsOn,
    ports: () => ports,
    dependsOn: () => dependsOn,
    render: (_, host) => (typeof bundle === "function" ? bundle(host) : bundle),
    probes: () => probes,
  })({});

/** A sound host, changed by what the test is about. */
export const server = (name: string, changes: Partial<Parameters<typeof hetzner>[0]> = {}): HetznerHost =>
  hetzner({ name, os: "debian", type: "cx23", location: "hel1", ...changes });

export const fleetOf = (parts: Partial<Parameters<typeof fleet>[0]>): Fleet => fleet({ name: "test", ...parts });

/** What checkFleet() says about a fleet: rule and message of each finding. */
export const findings = (parts: Partial<Parameters<typeof fleet>[0]>, files?: FleetFiles): string[] =>
  checkFleet(fleetOf(parts), files).map((f) => `${f.rule}: ${f.message}`);
