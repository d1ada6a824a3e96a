import type * as pulumi from "@pulumi/pulumi";
import { contextOf, type Host } from "../../model/host.ts";
import { MESH_SERVICE } from "../../model/mesh.ts";
import type { Service } from "../../model/service.ts";
import { isActive } from "../../model/status.ts";
import { HostService, type ConnectionInputs, type HostServiceArgs } from "./service.ts";
import { resolveDeep, type ValueSources } from "./values.ts";

/** A host as services see it: how to reach it, and the component that they belong to. */
export interface ReachableHost {
  host: Host;
  connection: ConnectionInputs;
  /** For a machine that never had its mesh: how it is reached as soon as it has it. */
  viaMesh?: ConnectionInputs;
  parent: pulumi.ComponentResource;
  /** The machine at its provider: what is on it goes with it. */
  machine?: pulumi.Resource;
}

export interface ServicesArgs {
  hosts: readonly ReachableHost[];
  /** Everything that is to run on a host. */
  servicesOf: (host: Host) => Service[];
  values: ValueSources;
  /** Whether stand-ins may answer for programs that their owner never published. */
  standIns: boolean;
}

/** Declares the active services of all hosts, each after those that it depends on. checkFleet() has refused cycles. */
export function declareServices({ hosts, servicesOf, values, standIns }: ServicesArgs): void {
  const waiting = new Map<string, { on: ReachableHost; service: Service }>();
  for (const on of hosts)
    for (const service of servicesOf(on.host).filter(isActive))
      waiting.set(`${on.host.name}/${service.name}`, { on, service });
  const declared = new Map<string, HostService>();
  const declare = (key: string): HostService | undefined => {
    const next = waiting.get(key);
    if (!next) return declared.get(key);
    waiting.delete(key);
    const { on, service } = next;
    const dependsOn = service.dependsOn
      .map((name) => declare(qualified(on.host.name, name)))
      .filter((s) => s !== undefined);
    const bundle = resolveDeep(
      service.render({ ...contextOf(on.host), standIns }),
      values,
    ) as HostServiceArgs["bundle"];
    const connection = on.viaMesh && comesAfterMesh(service, servicesOf(on.host)) ? on.viaMesh : on.connection;
    const os = on.host.os === "nixos" ? { os: on.host.os } : {};
    const resource = new HostService(
      key,
      { host: on.host.name, service: service.name, ...os, connection, bundle },
      { parent: on.parent, dependsOn, deletedWith: on.machine },
    );
    declared.set(key, resource);
    return resource;
  };
  for (const key of Array.from(waiting.keys())) declare(key);
}

/**
 * Whether a service waits for the mesh. What closes the public way to a host is such a one: it could not be confirmed
 * over that way.
 */
const comesAfterMesh = (service: Service, all: readonly Service[]): boolean =>
  service.dependsOn.some(
    (name) => name === MESH_SERVICE || all.some((other) => other.name === name && comesAfterMesh(other, all)),
  );

/** "nginx" is a service of the same host, "ghost-01/nginx" one of another. */
const qualified = (host: string, service: string): string => (service.includes("/") ? service : `${host}/${service}`);
