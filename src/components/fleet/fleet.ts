import * as pulumi from "@pulumi/pulumi";
import type { Fleet } from "../../model/fleet.ts";
import type { AwsHost, Host } from "../../model/host.ts";
import { labelsOf } from "../../model/labels.ts";
import { SSH_IN_MESH } from "../../model/mesh.ts";
import { viewOf } from "../../rules/view.ts";
import { policyFile } from "../../tailnet/policy.ts";
import { servicesOf } from "../../../services/wireguard/mesh.ts";
import { isActive } from "../../model/status.ts";
import { knownAddress } from "../../existing/declared.ts";
import type { CloudView } from "../../existing/types.ts";
import { AwsInstance } from "../aws/instance.ts";
import { CloudflareEdge } from "../cloudflare/edge.ts";
import { CloudflareZone } from "../cloudflare/zone.ts";
import { HetznerServer } from "../hetzner/server.ts";
import { declareServices, type ReachableHost } from "../host/services.ts";
import type { ConnectionInputs } from "../host/service.ts";
import type { ValueSources } from "../host/values.ts";
import { meshConnection, WireGuardMesh } from "../mesh/mesh.ts";
import { HostKey, KeyPair } from "../ssh/keys.ts";
import { Tailnet } from "../tailscale/tailnet.ts";
import { StaticMachine } from "../static/host.ts";
import { Token } from "../token.ts";

export interface DeployArgs {
  fleet: Fleet;
  /** The value of a secret, by its name. */
  secrets: (name: string) => pulumi.Output<string>;
  view: CloudView;
  operatorKeys: readonly string[];
  standIns: boolean;
  scriptOf: (path: string) => string;
}

/** How long SSH may take to answer in a mesh that a machine has just joined. */
const MESH_SECONDS = 30;

type Parent = HetznerServer | AwsInstance | StaticMachine;
type Machine = ReachableHost & { parent: Parent };

/** A whole fleet: its machines, what runs on them, its zones and its edge. What is only planned is left out. */
export class DeployedFleet extends pulumi.ComponentResource {
  private readonly machines = new Map<string, Machine>();
  private readonly pinnedImages = new pulumi.Config("aws-images").getObject<Record<string, string>>("pinned") ?? {};

  constructor(name: string, args: DeployArgs, opts?: pulumi.ComponentResourceOptions) {
    super("fleet:index:Fleet", name, {}, opts);
    for (const host of hubFirst(args.fleet)) this.machines.set(host.name, this.createMachine(host, args));
    const values = this.valueSources(args);
    declareServices({
      hosts: [...this.machines.values()],
      servicesOf: servicesOf(args.fleet),
      values,
      standIns: args.standIns,
    });
    this.createZones(args);
    this.createEdge(args, values);
    this.registerOutputs({});
  }

  private createMachine(host: Host, args: DeployArgs): Machine {
    const parent = this.createParent(host, args);
    return { host, parent, ...this.waysTo(host, parent.connection, args), machine: machineOf(parent) };
  }

  /**
   * Who takes SSH in the mesh alone is reached there, through the hub: at its public address only until it has had its
   * mesh once.
   */
  private waysTo(
    host: Host,
    own: ConnectionInputs,
    { fleet: { mesh }, view }: DeployArgs,
  ): Pick<Machine, "connection" | "viaMesh"> {
    const hub =
      mesh?.type === "wireguard" &&
      mesh.hub !== host.name &&
      host.services.some((s) => s.name === SSH_IN_MESH && isActive(s))
        ? this.machines.get(mesh.hub)
        : undefined;
    if (!hub) return { connection: { ...own, address: own.address ?? tailnetName(host, mesh) } };
    const viaMesh = meshConnection(host, own, { name: hub.host.name, connection: hub.connection });
    return view.firstBoot?.includes(host.name)
      ? { connection: own, viaMesh: { ...viaMesh, bootSeconds: MESH_SECONDS } }
      : { connection: viaMesh };
  }

  private createParent(host: Host, { fleet, view, operatorKeys }: DeployArgs): Parent {
    switch (host.kind) {
      case "hetzner":
        return new HetznerServer(
          host.name,
          { host, labels: labelsOf(fleet.name, host), operatorKeys, view },
          { parent: this },
        );
      case "static":
        return new StaticMachine(host.name, { host }, { parent: this });
      case "aws":
        return new AwsInstance(
          host.name,
          {
            host,
            labels: labelsOf(fleet.name, host),
            operatorKeys,
            ami: this.imageOf(host, view),
            isFirstBoot: view.firstBoot?.includes(host.name) ?? false,
            view,
          },
          { parent: this },
        );
      case "digitalocean":
        throw new Error(
          `host ${host.name}: machines of kind ${host.kind} are modelled but not deployed yet: set status: "planned"`,
        );
    }
  }

  /** What a new machine is made from: pinned, so that a newer image never makes another machine by itself. */
  private imageOf(host: AwsHost, { images }: CloudView): string {
    const image = host.ami ?? this.pinnedImages[host.region] ?? images?.[host.region];
    if (image === undefined)
      throw new Error(
        `host ${host.name} has no image: \`npx fleet up\` finds one and pins it in the stack's configuration ` +
          "(aws-images:pinned); or give ami in its host file",
      );
    return image;
  }

  /** Keys are made, or read from a machine, only when something refers to them. */
  private valueSources({ secrets, fleet }: DeployArgs): ValueSources {
    const pairs = new Map<string, KeyPair>();
    const pair = (name: string) => remember(pairs, name, () => new KeyPair(name, { parent: this }));
    const tokens = new Map<string, Token>();
    const hostKeys = new Map<string, pulumi.Input<string>>();
    let mesh: WireGuardMesh | undefined;
    const tailnet = this.createTailnet(fleet);
    return {
      secret: secrets,
      "private-key": (name) => pair(name).privateKey,
      "public-key": (name) => pair(name).publicKey,
      token: (name) => remember(tokens, name, () => new Token(name, { parent: this })).value,
      address: (name) => this.addressOf(name),
      "host-key": (name) => remember(hostKeys, name, () => this.hostKeyOf(name)),
      "tailnet-key": (name) => tailnet!.keyOf(this.machines.get(name)!.host),
      "mesh-key": (name) =>
        (mesh ??= new WireGuardMesh("mesh", { hostOf: (host) => this.machines.get(host)! }, { parent: this })).keysOf(
          name,
        ),
    };
  }

  private createTailnet(fleet: Fleet): Tailnet | undefined {
    const { mesh } = fleet;
    if (mesh?.type !== "tailscale" || !isActive(mesh)) return undefined;
    return new Tailnet("tailnet", { policy: policyFile(viewOf(fleet), mesh) }, { parent: this });
  }

  private hostKeyOf(name: string): pulumi.Input<string> {
    const { host, parent, connection } = this.machines.get(name)!;
    const made = parent instanceof StaticMachine ? undefined : parent.hostKey;
    return (
      made ??
      host.hostKey ??
      new HostKey(`${name}-host-key`, { host: name, adopt: true, connection }, { parent }).publicKey
    );
  }

  private addressOf(name: string): pulumi.Input<string> {
    const { host, parent } = this.machines.get(name)!;
    if (!(parent instanceof StaticMachine)) return parent.address;
    if (host.ipv4 === undefined)
      throw new Error(`host ${name} has no public address, but something refers to it: give ipv4 in its host file`);
    return host.ipv4;
  }

  private createZones({ fleet, view }: DeployArgs): void {
    for (const zone of fleet.zones.filter((z) => isActive(z) && z.provider === "cloudflare")) {
      new CloudflareZone(
        zone.name,
        {
          zone: { ...zone, id: zoneId(zone) },
          addressOf: (host) => this.addressOf(host),
          knownAddress: (host) => knownAddress(fleet, view.existing, host),
          view,
        },
        { parent: this },
      );
    }
  }

  private createEdge({ fleet, view, scriptOf }: DeployArgs, values: ValueSources): void {
    const { account, ...edge } = fleet.edge;
    const isEmpty = Object.values(edge).every((things) => things.filter(isActive).length === 0);
    if (isEmpty) return;
    if (account === undefined)
      throw new Error(
        `fleet ${fleet.name} has things at Cloudflare but no account: ` +
          `give edge.account in stacks/${fleet.name}/fleet.ts`,
      );
    const zoneOf = (hostname: string) => {
      const zone = fleet.zones.find((z) => hostname === z.name || hostname.endsWith(`.${z.name}`));
      if (!zone)
        throw new Error(
          `${hostname} is in none of the zones of stacks/${fleet.name}/fleet.ts: add its zone, or correct the name`,
        );
      return zoneId(zone);
    };
    new CloudflareEdge("edge", { account, edge: fleet.edge, zoneOf, scriptOf, values, view }, { parent: this });
  }
}

/** Where a host is that has no address of its own: whoever works on the fleet is in its tailnet. */
const tailnetName = ({ name }: Host, mesh: Fleet["mesh"]): string | undefined =>
  mesh?.type === "tailscale" && mesh.tailnet !== undefined ? `${name}.${mesh.tailnet}` : undefined;

/** What the host is at its cloud; undefined where no cloud knows of it. */
function machineOf(parent: Parent): pulumi.Resource | undefined {
  if (parent instanceof HetznerServer) return parent.server;
  return parent instanceof AwsInstance ? parent.instance : undefined;
}

/** The others are reached through it. */
const hubFirst = ({ hosts, mesh }: Fleet): Host[] => {
  const active = hosts.filter(isActive);
  const isHub = (host: Host) => mesh?.type === "wireguard" && host.name === mesh.hub;
  return [...active.filter(isHub), ...active.filter((host) => !isHub(host))];
};

function zoneId(zone: Fleet["zones"][number]): string {
  if (zone.id === undefined)
    throw new Error(`zone ${zone.name} has no id: copy it from its overview page at Cloudflare into the fleet file`);
  return zone.id;
}

function remember<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  if (!map.has(key)) map.set(key, make());
  return map.get(key)!;
}
