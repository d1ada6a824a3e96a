import * as pulumi from "@pulumi/pulumi";
import type { Fleet } from "../../model/fleet.ts";
import type { AwsHost, Host } from "../../model/host.ts";
import { labelsOf } from "../../model/labels.ts";
import { SSH_IN_MESH } from "../../model/mesh.ts";
import { viewOf } from "../../rules/view.ts";
import { policyFile } from "../../tailnet/policy.ts";
import { servicesOf } from "../../../services/wireguard/mesh.ts";
import { isActive } from "../../model/status.ts";
import { accountOf } from "../../clouds/cloudflare/names.ts";
import { tunnel } from "../../clouds/cloudflare/tunnel/index.ts";
import { keyOf } from "../../clouds/kind.ts";
import type { CloudView } from "../../clouds/view.ts";
import { firstBoot as firstBootOfAws } from "../aws/first-boot.ts";
import { AwsInstance } from "../aws/instance.ts";
import { Declarations } from "../clouds/declarations.ts";
import { getZeroTrustTunnelCloudflaredTokenOutput } from "../clouds/sdk.ts";
import { Droplet } from "../digitalocean/droplet.ts";
import { HetznerServer } from "../hetzner/server.ts";
import { firstBoot } from "../host/first-boot.ts";
import { declareServices, type ReachableHost } from "../host/services.ts";
import type { ConnectionInputs } from "../host/service.ts";
import { resolveText, type ValueSources } from "../host/values.ts";
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

type Parent = HetznerServer | AwsInstance | Droplet | StaticMachine;
type Machine = ReachableHost & { parent: Parent };

/** A whole fleet: its machines, what runs on them, its zones and its edge. What is only planned is left out. */
export class DeployedFleet extends pulumi.ComponentResource {
  private readonly machines = new Map<string, Machine>();
  private readonly hostKeys = new Map<string, HostKey>();
  private readonly pinnedImages = new pulumi.Config("aws-images").getObject<Record<string, string>>("pinned") ?? {};

  constructor(name: string, args: DeployArgs, opts?: pulumi.ComponentResourceOptions) {
    super("fleet:index:Fleet", name, {}, opts);
    const values = this.valueSources(args, () => clouds);
    const clouds = this.createClouds(args, values);
    for (const host of hubFirst(args.fleet)) this.machines.set(host.name, this.createMachine(host, args, clouds));
    declareServices({
      hosts: [...this.machines.values()],
      servicesOf: servicesOf(args.fleet),
      values,
      standIns: args.standIns,
    });
    clouds.declareRest();
    this.registerOutputs({});
  }

  private createClouds({ fleet, view, operatorKeys, scriptOf }: DeployArgs, values: ValueSources): Declarations {
    const hostOf = (name: string) => fleet.hosts.find((host) => host.name === name)!;
    return new Declarations({
      fleet,
      view,
      root: this,
      values: {
        address: (host) => this.addressOf(host),
        text: (text) => resolveText(text, values),
        script: scriptOf,
        userData: (name) => {
          const [boot, hostKey] = [hostOf(name).kind === "aws" ? firstBootOfAws : firstBoot, this.hostKeys.get(name)!];
          if (operatorKeys.length === 0) throw new Error(noKeys(name));
          return boot({ hostKey, operatorKeys });
        },
        image: (name) => this.imageOf(hostOf(name) as AwsHost, view),
        operatorKeys,
        sshFrom: (name) =>
          fleet.mesh?.type === "wireguard" && view.firstBoot?.includes(name)
            ? pulumi.interpolate`${this.addressOf(fleet.mesh.hub)}/32`
            : undefined,
      },
    });
  }

  private createMachine(host: Host, args: DeployArgs, clouds: Declarations): Machine {
    const parent = this.createParent(host, args, clouds);
    return { host, parent, ...this.waysTo(host, parent.connection, args), machine: machineOf(parent) };
  }

  /**
   * Who takes SSH in the mesh alone is reached there, through the hub; until it has had its mesh once at its public
   * address, which lets in the hub and nobody else.
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
    const throughHub = { jump: hub.host.name, jumpConnection: hub.connection };
    return view.firstBoot?.includes(host.name)
      ? { connection: { ...own, ...throughHub }, viaMesh: { ...viaMesh, bootSeconds: MESH_SECONDS } }
      : { connection: viaMesh };
  }

  private createParent(host: Host, { fleet }: DeployArgs, clouds: Declarations): Parent {
    const hostKeyIn = (machine: pulumi.ComponentResource): HostKey => {
      const key = new HostKey(`${host.name}-host-key`, { host: host.name, adopt: false }, { parent: machine });
      this.hostKeys.set(host.name, key);
      return key;
    };
    switch (host.kind) {
      case "hetzner":
        return new HetznerServer(host.name, { host, clouds, hostKeyIn }, { parent: this });
      case "static":
        return new StaticMachine(host.name, { host }, { parent: this });
      case "aws":
        return new AwsInstance(
          host.name,
          { host, labels: labelsOf(fleet.name, host), clouds, hostKeyIn },
          { parent: this },
        );
      case "digitalocean":
        return new Droplet(host.name, { host, clouds, hostKeyIn }, { parent: this });
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
  private valueSources({ secrets, fleet }: DeployArgs, clouds: () => Declarations): ValueSources {
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
      "tunnel-token": (name) => this.tunnelTokenOf(name, fleet, clouds()),
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

  /** Cloudflare gives it whenever it is asked, so that it stands in no state but as the secret of what runs it. */
  private tunnelTokenOf(name: string, fleet: Fleet, clouds: Declarations): pulumi.Output<string> {
    const { id } = clouds.resource(keyOf(tunnel, { name }))!;
    const asked = { accountId: accountOf(fleet), tunnelId: id };
    return pulumi.secret(getZeroTrustTunnelCloudflaredTokenOutput(asked, { parent: this }).token);
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
}

/** Where a host is that has no address of its own: whoever works on the fleet is in its tailnet. */
const tailnetName = ({ name }: Host, mesh: Fleet["mesh"]): string | undefined =>
  mesh?.type === "tailscale" && mesh.tailnet !== undefined ? `${name}.${mesh.tailnet}` : undefined;

/** What the host is at its cloud; undefined where no cloud knows of it. */
function machineOf(parent: Parent): pulumi.Resource | undefined {
  if (parent instanceof HetznerServer) return parent.server;
  if (parent instanceof Droplet) return parent.droplet;
  return parent instanceof AwsInstance ? parent.instance : undefined;
}

/** The others are reached through it. */
const hubFirst = ({ hosts, mesh }: Fleet): Host[] => {
  const active = hosts.filter(isActive);
  const isHub = (host: Host) => mesh?.type === "wireguard" && host.name === mesh.hub;
  return [...active.filter(isHub), ...active.filter((host) => !isHub(host))];
};

const noKeys = (host: string): string =>
  `host ${host} would be made without a key that may log in: ` +
  `\`pulumi config set operatorKeys "$(cat ~/.ssh/id_ed25519.pub)"\`, or give FLEET_OPERATOR_KEYS`;

function remember<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  if (!map.has(key)) map.set(key, make());
  return map.get(key)!;
}
