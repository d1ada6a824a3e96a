import { SSH_IN_MESH } from "../model/mesh.ts";
import { FIREWALL, type Port, showPort, tcp } from "../model/port.ts";
import { filesOf, type Finding } from "../model/view.ts";
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

/** A firewall that lets nobody in by SSH would cut the fleet's own line; in the mesh it is another service's to open. */
export const wayIn: Rule = (view) =>
  activeByHost(view).flatMap((services): Finding[] => {
    const firewall = services.find((p) => p.service.kind === FIREWALL);
    const { host, file } = services[0]!;
    const isOpen =
      host.publicPorts.some((asked) => covers(asked, tcp(host.sshPort))) ||
      services.some((p) => p.service.kind === SSH_IN_MESH);
    if (!firewall || isOpen) return [];
    return [
      {
        rule: "way-in",
        files: filesOf(file, `services/${FIREWALL}`),
        message: `${firewall.label} closes SSH (${host.sshPort}/tcp), by which the fleet reaches ${host.name}`,
        remedy: `add "${host.sshPort}/tcp" to publicPorts in ${file}, or take SSH into the mesh with sshMesh()`,
      },
    ];
  });

const clash = (a: Port, b: Port): boolean =>
  a.protocol === b.protocol &&
  a.range.from <= b.range.to &&
  b.range.from <= a.range.to &&
  (a.exposure === b.exposure || a.exposure === "public" || b.exposure === "public");

const covers = (asked: Port, port: Port): boolean =>
  asked.protocol === port.protocol && asked.range.from <= port.range.from && port.range.to <= asked.range.to;
