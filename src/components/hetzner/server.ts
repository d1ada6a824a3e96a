import * as pulumi from "@pulumi/pulumi";
import type { Server } from "@pulumi/hcloud/server.js";
import type { HetznerHost } from "../../model/host.ts";
import type { Declarations } from "../clouds/declarations.ts";
import type { ConnectionInputs } from "../host/service.ts";
import type { HostKey } from "../ssh/keys.ts";

export interface HetznerServerArgs {
  host: HetznerHost;
  clouds: Declarations;
  /** Makes the host key of a machine that the fleet makes. */
  hostKeyIn: (machine: pulumi.ComponentResource) => HostKey;
}

/** How long a new machine may take until it answers over SSH, in seconds. */
const BOOT_SECONDS = 180;

/** A server at Hetzner Cloud: adopted as it is, or made with its host key, its firewall and the operators' keys. */
export class HetznerServer extends pulumi.ComponentResource {
  readonly address: pulumi.Output<string>;
  readonly connection: ConnectionInputs;
  /** The machine's public host key, where the fleet made it. */
  readonly hostKey: pulumi.Output<string> | undefined;
  readonly server: Server;

  constructor(name: string, { host, clouds, hostKeyIn }: HetznerServerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("fleet:hetzner:Server", name, {}, opts);
    const declare = (key: string) => clouds.resource(key, { parent: this });
    this.hostKey = host.adopt ? undefined : hostKeyIn(this).publicKey;
    const firewall = host.adopt ? undefined : declare(`hetzner/firewall/${name}-firewall`)!;
    this.server = declare(`hetzner/server/${name}`) as Server;
    this.address = this.server.ipv4Address;
    this.connection = {
      address: this.address,
      port: host.sshPort,
      user: host.user,
      jump: host.jump,
      hostKey: this.hostKey ?? host.hostKey,
      bootSeconds: host.adopt ? 0 : BOOT_SECONDS,
      machine: `hcloud:server/${host.name}`,
      account: firewall && pulumi.interpolate`hcloud:firewall/${firewall.id}`,
    };
    this.registerOutputs({ address: this.address });
  }
}
