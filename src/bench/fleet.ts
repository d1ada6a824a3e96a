import { z } from "zod";
import type { LoadedFleet } from "../load/fleet.ts";
import { fleet } from "../model/fleet.ts";
import { vps } from "../model/host.ts";
import { service } from "../model/service.ts";
import { STACK } from "./stack.ts";

export const HOSTS = 10;
/** Services on each host, unless a measurement says otherwise. */
export const SERVICES = 20;

export const hostNames = Array.from({ length: HOSTS }, (_, i) => `bench-${i}`);
export const unitNames = (services: number): string[] =>
  Array.from({ length: services }, (_, i) => `bench-${i}.service`);

/** The unit file that fleet and its peers are all to write, enable and start. */
export const unitText = (unit: string): string => `[Unit]
Description=${unit} of the benchmark

[Service]
ExecStart=/bin/sleep infinity
Restart=on-failure

[Install]
WantedBy=multi-user.target
`;

const sleeper = service("bench", {
  args: z.strictObject({ unit: z.string() }),
  instance: ({ unit }) => unit.replace(".service", ""),
  render: ({ unit }) => ({ units: { [unit]: { text: unitText(unit) } } }),
});

/** Ten machines, each with some services of one unit file and one enabled, running unit. */
export function benchFleet(services: number): LoadedFleet {
  const hosts = hostNames.map((name) =>
    vps({ name, os: "debian", arch: "amd64", services: unitNames(services).map((unit) => sleeper({ unit })) }),
  );
  return {
    fleet: fleet({ name: STACK, hosts }),
    files: Object.fromEntries(hostNames.map((name) => [name, import.meta.filename])),
  };
}
