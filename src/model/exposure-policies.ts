import type { Host } from "./host.ts";
import type { Who } from "./policies.ts";
import type { Policy } from "./policy.ts";
import { showPort } from "./port.ts";
import type { Service } from "./service.ts";
import { isActive } from "./status.ts";
import type { Text } from "./text.ts";
import { filesOf, type FleetView, type Placed } from "./view.ts";

/** Rules about who reaches what runs on hosts. What is only planned is looked at too: it is to be right from its first day. */
const on = ({ placed }: FleetView, who: Who): Placed[] => placed.filter(({ host }) => isActive(host) && who(host));

/** The internet reaches nothing on these hosts: neither a firewall nor a service opens a port to it. */
export const noOpenPorts = (text: string, who: Who): Policy => ({
  text,
  check: (view) => [
    ...view.fleet.hosts
      .filter((host) => who(host) && host.publicPorts.length > 0)
      .map((host) => ({
        files: [view.fileOf.host(host)],
        message: `${host.name} opens ${host.publicPorts.map(showPort).join(", ")} to the public`,
        remedy: `remove publicPorts in ${view.fileOf.host(host)}`,
      })),
    ...on(view, who).flatMap((placed) =>
      placed.service.ports
        .filter(({ exposure }) => exposure === "public")
        .map((port) =>
          breach(placed, `listens on ${showPort(port)} for the public`, "let it listen on loopback or mesh"),
        ),
    ),
  ],
});

/** Nothing on these hosts binds every address: loopback, or that of the mesh. As far as its files and units say. */
export const neverBindsAll = (text: string, who: Who): Policy => ({
  text,
  check: (view) =>
    on(view, who).flatMap((placed) =>
      textsOf(placed)
        .filter(([, content]) => BINDS_ALL.test(content))
        .map(([where]) => breach(placed, `binds every address in ${where}`, "bind loopback or the mesh address")),
    ),
});

/** The unspecified address of either family, but not a network that begins with it. */
const BINDS_ALL = /(?<![\d.])0\.0\.0\.0(?![\d./])|\[::\]/;

function textsOf({ bundle }: Placed): [where: string, content: string][] {
  if (!bundle) return [];
  const plain = (text: Text): string =>
    typeof text === "string" ? text : text.parts.filter((part) => typeof part === "string").join("");
  return [
    ...Object.entries(bundle.files).map(([path, { content }]): [string, string] => [path, plain(content)]),
    ...Object.entries(bundle.units).map(([unit, { text = "", dropIns }]): [string, string] => [
      unit,
      [text, ...Object.values(dropIns)].map(plain).join("\n"),
    ]),
  ];
}

/** Each of these services is asked for /health after a change. */
export const answersHealth = (text: string, which: (service: Service, host: Host) => boolean): Policy => ({
  text,
  check: (view) =>
    on(view, () => true)
      .filter(({ host, service, bundle }) => bundle && which(service, host))
      .filter(({ bundle }) => !bundle!.checks.some((c) => c.kind === "http" && new URL(c.url).pathname === "/health"))
      .map((placed) => breach(placed, "is not asked for /health", "give it a health check of that path")),
});

const breach = ({ label, file, service }: Placed, what: string, remedy: string) => ({
  files: filesOf(file, `services/${service.kind}`),
  message: `${label} ${what}`,
  remedy,
});
