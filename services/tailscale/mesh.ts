import type { FleetParts } from "../../src/model/fleet-parts.ts";
import type { Host } from "../../src/model/host.ts";
import { aptSystems } from "../../src/model/platform.ts";
import type { Service } from "../../src/model/service.ts";
import { isActive } from "../../src/model/status.ts";
import { tailnetKeyOf, text } from "../../src/model/text.ts";
import { tagsOf } from "../../src/tailnet/tags.ts";
import { tailscale } from "./index.ts";

/**
 * The services that a fleet's tailnet puts on its hosts: all take part, but for those whose system has no package of
 * it, which their owner logs in by hand.
 */
export function tailnetServices({ mesh, hosts }: FleetParts): Map<Host, Service[]> {
  if (mesh?.type !== "tailscale" || !isActive(mesh)) return new Map();
  const members = hosts.filter(({ os }) => (aptSystems as readonly string[]).includes(os));
  return new Map(
    members.map((host) => {
      const key = text`${tailnetKeyOf(host.name)}\n`;
      return [host, [tailscale({ name: host.name, tags: tagsOf(host), key, ssh: mesh.ssh })]];
    }),
  );
}
