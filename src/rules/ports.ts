import { type Port, showPort } from "../model/port.ts";
import { filesOf } from "../model/view.ts";
import { activeByHost, pairs, type Rule } from "./view.ts";

/** Two services of a host cannot listen on the same port. A public port takes the host's other addresses as well. */
export const portClashes: Rule = (view) =>
  activeByHost(view).flatMap((services) =>
    pairs(services.flatMap((placed) => placed.service.ports.map((port) => ({ placed, port }))))
      .filter(([a, b]) => clash(a.port, b.port))
      .map(([a, b]) => ({
        rule: "port-clash",
        files: filesOf(a.placed.file, `services/${a.placed.service.kind}`, `services/${b.placed.service.kind}`),
        message:
          `${a.placed.label} (${showPort(a.port)}, ${a.port.exposure}) and ${b.placed.label} (${showPort(b.port)}, ` +
          `${b.port.exposure}) listen on the same port`,
        remedy: `give one of them another port in ${a.placed.file}, or move it to another host`,
      })),
  );

/** What listens for the public must be among the host's publicPorts, because only those pass the firewall. */
export const publicPortsAskedFor: Rule = (view) =>
  view.placed
    .filter((p) => p.active)
    .flatMap((placed) =>
      placed.service.ports
        .filter((port) => port.exposure === "public" && !placed.host.publicPorts.some((asked) => covers(asked, port)))
        .map((port) => ({
          rule: "public-port",
          files: filesOf(placed.file, `services/${placed.service.kind}`),
          message: `${placed.label} listens on ${showPort(port)} for the public, but ${placed.host.name} doesn't open it`,
          remedy:
            `add "${showPort(port)}" to publicPorts in ${placed.file}, or let the service listen on the loopback, ` +
            "private or mesh address",
        })),
    );

const clash = (a: Port, b: Port): boolean =>
  a.protocol === b.protocol &&
  a.range.from <= b.range.to &&
  b.range.from <= a.range.to &&
  (a.exposure === b.exposure || a.exposure === "public" || b.exposure === "public");

const covers = (asked: Port, port: Port): boolean =>
  asked.protocol === port.protocol && asked.range.from <= port.range.from && port.range.to <= asked.range.to;
