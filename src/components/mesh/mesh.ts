import * as pulumi from "@pulumi/pulumi";
import type { Host } from "../../model/host.ts";
import type { ConnectionInputs } from "../host/service.ts";
import type { ReachableHost } from "../host/services.ts";
import { MeshKey } from "./key.ts";

/**
 * The WireGuard mesh of a fleet: the keys of its hosts, each made when something refers to it. Their services are
 * meshServices(), declared with those of the host files.
 */
export class WireGuardMesh extends pulumi.ComponentResource {
  private readonly hostOf: (name: string) => ReachableHost;
  private readonly keys = new Map<string, MeshKey>();

  constructor(
    name: string,
    { hostOf }: { hostOf: (name: string) => ReachableHost },
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("fleet:mesh:WireGuard", name, {}, opts);
    this.hostOf = hostOf;
    this.registerOutputs({});
  }

  /**
   * What stands for meshKeyOf(): the public key, and after a space the next one while the host gets one. It is empty
   * for a host that could not be made: the others do not wait for it.
   */
  keysOf(name: string): pulumi.Output<string> {
    const on = this.hostOf(name);
    const key = this.keys.get(name) ?? this.createKey(on);
    this.keys.set(name, key);
    const text = pulumi.all([key.publicKey, key.nextPublicKey]).apply((both) => both.filter(Boolean).join(" "));
    if (pulumi.runtime.isDryRun()) return text;
    // What fails before the key is even asked for leaves it pending for ever, so that is waited for too.
    const begun = pulumi.all([pulumi.output(on.connection), on.machine ? on.machine.urn : ""] as const);
    return pulumi.recover(
      pulumi.all([text, begun] as const).apply(([made]) => made),
      () => "",
    );
  }

  private createKey({ host, connection, machine }: ReachableHost): MeshKey {
    if (host.mesh === undefined)
      throw new Error(
        `host ${host.name} is not in the mesh, but something refers to its key in it: give mesh in its host file`,
      );
    return new MeshKey(
      `${host.name}-mesh-key`,
      { host: host.name, connection },
      { parent: this, deletedWith: machine },
    );
  }
}

/**
 * How a host is reached over the mesh: at its address there, through the hub. Who is in the mesh has booted before.
 * @throws Error when it is not in it
 */
export function meshConnection(
  host: Host,
  own: ConnectionInputs,
  hub: { name: string; connection: ConnectionInputs },
): ConnectionInputs {
  if (host.mesh === undefined)
    throw new Error(`host ${host.name} is to be reached over the mesh, but is not in it: give mesh in its host file`);
  return { ...own, address: host.mesh, jump: hub.name, jumpConnection: hub.connection, bootSeconds: 0 };
}
