import { z } from "zod";
import { MESH_SERVICE } from "../../src/model/mesh.ts";
import { type Port, tcp } from "../../src/model/port.ts";
import type { HostContext } from "../../src/model/service.ts";
import { bindAddress } from "../app/bind-address.ts";

/** Where a program may listen that is never to be reached from the internet. */
export const listenSchema = z.array(z.enum(["loopback", "mesh", "private"])).min(1, "must name one place at least");
type Listen = z.output<typeof listenSchema>;

export const portNumber = z.int().min(1).max(65535);

export const portsAt = (port: number, listen: Listen): Port[] => listen.map((exposure) => tcp(port, exposure));

/** The addresses to bind, never all of them. @throws Error when the host lacks one */
export const addressesAt = (host: HostContext, listen: Listen): string[] =>
  listen.map((exposure) => bindAddress(host, exposure));

/** What has to be in place before one can listen there. */
export const neededFor = (listen: Listen): string[] => (listen.includes("mesh") ? [MESH_SERVICE] : []);

/** An address of a mesh comes up after its daemon: what listens there can bind it before. */
export const earlyBind = (listen: Listen): { sysctl?: Record<string, string> } =>
  listen.includes("mesh") ? { sysctl: { "net.ipv4.ip_nonlocal_bind": "1" } } : {};

/** Keys of the [Unit] section of what listens on an address of a mesh. */
export const afterNetworks: { Wants: string; After: string[] } = {
  Wants: "network-online.target",
  After: ["network-online.target", "tailscaled.service"],
};
