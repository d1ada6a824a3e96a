import * as pulumi from "@pulumi/pulumi";
import type { Droplet as DropletResource } from "@pulumi/digitalocean/droplet.js";
import type { DigitalOceanHost } from "../../model/host.ts";
import type { Declarations } from "../clouds/declarations.ts";
import type { ConnectionInputs } from "../host/service.ts";
import type { HostKey } from "../ssh/keys.ts";

export interface DropletArgs {
  host: DigitalOceanHost;
  clouds: Declarations;
  /** Makes the host key of a machine that the fleet makes. */
  hostKeyIn: (machine: pulumi.ComponentResource) => HostKey;
}

/** How long a new machine may take until it answers over SSH, in seconds. */
const BOOT_SECONDS = 180;

/** A droplet: adopted as it is, or made with its host key, the operators' keys and a firewall that was there before. */
export class Droplet extends pulumi.ComponentResource {
  readonly address: pulumi.Output<string>;
  readonly connection: ConnectionInputs;
  /** The machine's public host key, where the fleet made it. */
  readonly hostKey: pulumi.Output<string> | undefined;
  readonly droplet: DropletResource;

  constructor(name: string, { host, clouds, hostKeyIn }: DropletArgs, opts?: pulumi.ComponentResourceOptions) {
    super("fleet:digitalocean:Droplet", name, {}, opts);
    const declare = (key: string) => clouds.resource(key, { parent: this });
    this.hostKey = host.adopt ? undefined : hostKeyIn(this).publicKey;
    if (!host.adopt) declare(`digitalocean/tag/${name}-tag`);
    const firewall = host.adopt ? undefined : declare(`digitalocean/firewall/${name}-firewall`)!;
    this.droplet = declare(`digitalocean/droplet/${name}`) as DropletResource;
    this.address = this.droplet.ipv4Address;
    this.connection = {
      address: this.address,
      port: host.sshPort,
      user: host.user,
      jump: host.jump,
      hostKey: this.hostKey ?? host.hostKey,
      bootSeconds: host.adopt ? 0 : BOOT_SECONDS,
      machine: pulumi.interpolate`digitalocean:droplet/${this.droplet.id}`,
      account: firewall && pulumi.interpolate`digitalocean:firewall/${firewall.id}`,
    };
    this.registerOutputs({ address: this.address });
  }
}
