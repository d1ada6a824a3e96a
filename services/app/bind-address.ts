import type { Exposure } from "../../src/model/port.ts";
import type { HostContext } from "../../src/model/service.ts";

/** The address that a program listens on, so that those reach it who may. @throws Error when the host has none. */
export function bindAddress({ name, addresses }: HostContext, exposure: Exposure): string {
  if (exposure === "loopback") return "127.0.0.1";
  if (exposure === "public") return "0.0.0.0";
  const address = addresses?.[exposure];
  if (address === undefined)
    throw new Error(`host ${name} has no ${exposure} address: give ${exposure} in its host file, or bind elsewhere`);
  return address;
}
