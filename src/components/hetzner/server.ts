import * as pulumi from "@pulumi/pulumi";
import { imageOf } from "../../model/hetzner-image.ts";
import type { HetznerHost } from "../../model/host.ts";
import { showPort } from "../../model/port.ts";
import type { CloudView } from "../../existing/types.ts";
import { adoption } from "../adoption.ts";
import { firstBoot } from "../host/first-boot.ts";
import type { ConnectionInputs } from "../host/service.ts";
import { HostKey } from "../ssh/keys.ts";
import * as hcloud from "./sdk.ts";

export interface HetznerServerArgs {
  host: HetznerHost;
  labels: Record<string, string>;
  /** Public keys that may log in to a machine that the fleet makes. */
  operatorKeys: readonly string[];
  view: CloudView;
}

/** How long a new machine may take until it answers over SSH, in seconds. */
const BOOT_SECONDS = 180;

/** A server at Hetzner Cloud: adopted as it is, or made with its host key, its firewall and the operators' keys. */
export class HetznerServer extends pulumi.ComponentResource {
  readonly address: pulumi.Output<string>;
  readonly connection: ConnectionInputs;
  /** The machine's public host key, where the fleet made it. */
  readonly hostKey: pulumi.Output<string> | undefined;
  readonly server: hcloud.Server;

  constructor(name: string, args: HetznerServerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("fleet:hetzner:Server", name, {}, opts);
    const { host } = args;
    const made = host.adopt ? undefined : this.createBeforeBoot(name, args);
    this.server = this.createServer(name, args, made);
    this.address = this.server.ipv4Address;
    this.hostKey = made?.hostKey.publicKey;
    this.connection = {
      address: this.address,
      port: host.sshPort,
      user: host.user,
      jump: host.jump,
      hostKey: this.hostKey ?? host.hostKey,
      bootSeconds: host.adopt ? 0 : BOOT_SECONDS,
      machine: `hcloud:server/${host.name}`,
      account: made && pulumi.interpolate`hcloud:firewall/${made.firewall.id}`,
    };
    this.registerOutputs({ address: this.address });
  }

  private createBeforeBoot(name: string, args: HetznerServerArgs): { hostKey: HostKey; firewall: hcloud.Firewall } {
    if (args.operatorKeys.length === 0)
      throw new Error(
        `host ${name} would be made without a key that may log in: ` +
          `\`pulumi config set operatorKeys "$(cat ~/.ssh/id_ed25519.pub)"\`, or give FLEET_OPERATOR_KEYS`,
      );
    const hostKey = new HostKey(`${name}-host-key`, { host: args.host.name, adopt: false }, { parent: this });
    const firewall = new hcloud.Firewall(
      `${name}-firewall`,
      { name, labels: args.labels, rules: firewallRules(args.host) },
      { parent: this, ...adoption(args.view, "hcloud:firewall", name) },
    );
    return { hostKey, firewall };
  }

  private createServer(
    name: string,
    args: HetznerServerArgs,
    made?: { hostKey: HostKey; firewall: hcloud.Firewall },
  ): hcloud.Server {
    const { host } = args;
    const importing = {
      ...adoption(args.view, "hcloud:server", host.name),
      ...(host.adopt && { import: idOfAdopted(args) }),
    };
    return new hcloud.Server(
      name,
      {
        name: host.name,
        serverType: host.type,
        location: host.location,
        labels: args.labels,
        ...(made && {
          image: imageOf(host),
          userData: firstBoot({ hostKey: made.hostKey, operatorKeys: args.operatorKeys }),
          firewallIds: [made.firewall.id.apply(Number)],
        }),
      },
      {
        parent: this,
        protect: host.protect,
        // Names are unique at Hetzner, so a replacement has to make room first.
        deleteBeforeReplace: true,
        ...importing,
        // All three are read at the first boot only: changing them later must not replace the machine.
        ignoreChanges: [...(importing.ignoreChanges ?? []), "userData", "sshKeys", "image"],
      },
    );
  }
}

/** An adopted machine has an id; without one the program must stop, because it would make a second machine. */
function idOfAdopted({ host, view }: HetznerServerArgs): string {
  const id = host.id ?? view.existing[`hcloud:server/${host.name}`];
  if (id === undefined)
    throw new Error(
      `host ${host.name} says adopt: true, but Hetzner Cloud has no server of that name: ` +
        "give its id, or set adopt: false to make it",
    );
  return id;
}

const ANYWHERE = ["0.0.0.0/0", "::/0"];

/** SSH and what the host file asks for; everything else stays closed. */
function firewallRules(host: HetznerHost): hcloud.types.input.FirewallRule[] {
  const open = [
    { protocol: "tcp", port: String(host.sshPort) },
    ...host.publicPorts.map((p) => ({ protocol: p.protocol, port: showPort(p).split("/")[0]! })),
  ];
  return open.map(({ protocol, port }) => ({
    direction: "in",
    protocol,
    port,
    sourceIps: ANYWHERE,
    description: `${port}/${protocol}`,
  }));
}
