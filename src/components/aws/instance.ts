import * as pulumi from "@pulumi/pulumi";
import type { CloudView } from "../../existing/types.ts";
import type { AwsHost } from "../../model/host.ts";
import { showPort } from "../../model/port.ts";
import { adoption } from "../adoption.ts";
import type { ConnectionInputs } from "../host/service.ts";
import { HostKey } from "../ssh/keys.ts";
import { firstBoot } from "./first-boot.ts";
import * as aws from "./sdk.ts";

export interface AwsInstanceArgs {
  host: AwsHost;
  /** Labels of the fleet; all of it is tagged with them. */
  labels: Record<string, string>;
  /** Public keys that may log in to a machine that the fleet makes. */
  operatorKeys: readonly string[];
  /** The image of a new machine. Never changes one that exists. */
  ami: string;
  /**
   * The one address that may reach its SSH: that of its mesh's hub, while it is still to join that. Nobody may when left
   * out.
   */
  sshFrom?: pulumi.Input<string>;
  view: CloudView;
}

interface Made {
  hostKey: HostKey;
  keyPair: aws.KeyPair;
  firewall: aws.SecurityGroup;
}

/** How long a new machine may take until it answers over SSH, in seconds. */
const BOOT_SECONDS = 300;

/**
 * An EC2 instance in a region of its own provider: adopted as it is, or made with its host key, its firewall, the
 * operators' keys and an address that stays.
 */
export class AwsInstance extends pulumi.ComponentResource {
  /** Its public address. */
  readonly address: pulumi.Output<string>;
  /** How it is reached over its public address. */
  readonly connection: ConnectionInputs;
  /** The machine's public host key, where the fleet made it. */
  readonly hostKey: pulumi.Output<string> | undefined;
  readonly instance: aws.Instance;
  private readonly args: AwsInstanceArgs;
  private readonly opts: pulumi.CustomResourceOptions;
  private readonly tags: Record<string, string>;

  constructor(name: string, args: AwsInstanceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("fleet:aws:Instance", name, {}, opts);
    const { host } = args;
    this.args = args;
    this.tags = { Name: host.name, host: host.name };
    this.opts = { parent: this, provider: this.createProvider(name) };
    const made = host.adopt ? undefined : this.createBeforeBoot(name);
    this.instance = this.createInstance(name, made);
    const running = new aws.InstanceState(
      `${name}-running`,
      { instanceId: this.instance.id, state: "running" },
      this.opts,
    );
    const eip = made && this.createAddress(name);
    const association =
      eip &&
      new aws.EipAssociation(
        `${name}-association`,
        { allocationId: eip.id, instanceId: this.instance.id, allowReassociation: true },
        this.opts,
      );
    this.address = eip?.publicIp ?? this.instance.publicIp;
    this.hostKey = made?.hostKey.publicKey;
    this.connection = {
      // Nothing is done on it before it runs and has its address.
      address: pulumi.all([this.address, running.id, association?.id]).apply(([address]) => address),
      port: host.sshPort,
      user: host.user,
      jump: host.jump,
      hostKey: this.hostKey ?? host.hostKey,
      bootSeconds: host.adopt ? 0 : BOOT_SECONDS,
      machine: pulumi.interpolate`aws:${host.region}/${this.instance.id}`,
      account: this.instance.arn.apply(accountIn),
    };
    this.registerOutputs({ address: this.address });
  }

  /** A region is a provider's: each host has one, so that what happens to it concerns no other host. */
  private createProvider(name: string): aws.Provider {
    const { host: _, ...tags } = this.args.labels;
    return new aws.Provider(
      `${name}-region`,
      { region: this.args.host.region, defaultTags: { tags } },
      { parent: this },
    );
  }

  private createBeforeBoot(name: string): Made {
    const { host, operatorKeys, labels, view } = this.args;
    const unique = `${labels.fleet}-${host.name}`;
    const hostKey = new HostKey(`${name}-host-key`, { host: host.name, adopt: false }, { parent: this });
    const keyPair = new aws.KeyPair(
      `${name}-key`,
      { keyName: unique, publicKey: importable(host.name, operatorKeys), tags: this.tags },
      // Read at the first boot only: another operator's key must not replace the machine.
      { ...this.opts, ignoreChanges: ["publicKey"], ...adoption(view, "aws:key-pair", host.name) },
    );
    const firewall = new aws.SecurityGroup(
      `${name}-firewall`,
      { name: unique, description: `${host.name}: what may come in`, ...firewallRules(this.args), tags: this.tags },
      { ...this.opts, ...adoption(view, "aws:security-group", host.name) },
    );
    return { hostKey, keyPair, firewall };
  }

  private createInstance(name: string, made?: Made): aws.Instance {
    const { host, operatorKeys, ami, view } = this.args;
    const importing = {
      ...adoption(view, "aws:instance", host.name),
      ...(host.adopt && { import: idOfAdopted(this.args) }),
    };
    return new aws.Instance(
      name,
      {
        ami,
        instanceType: host.type,
        tags: this.tags,
        ...(made && {
          keyName: made.keyPair.keyName,
          vpcSecurityGroupIds: [made.firewall.id],
          metadataOptions: { httpEndpoint: "enabled", httpTokens: "required" },
          rootBlockDevice: { encrypted: true, volumeType: "gp3", volumeSize: host.diskGb, tags: this.tags },
          userData: firstBoot({ hostKey: made.hostKey, operatorKeys }),
          // Without this a busy machine costs more than its price, and no budget knows of it.
          ...(/^t\d/.test(host.type) && { creditSpecification: { cpuCredits: "standard" } }),
        }),
      },
      {
        ...this.opts,
        protect: host.protect,
        // It has its name in the fleet, its key pair and its address: a replacement has to make room first.
        deleteBeforeReplace: true,
        ...importing,
        // Read at the first boot only: changing them later must neither replace the machine nor restart it.
        ignoreChanges: [...(importing.ignoreChanges ?? []), "ami", "keyName", "userData"],
      },
    );
  }

  private createAddress(name: string): aws.Eip {
    const { host, view } = this.args;
    return new aws.Eip(
      `${name}-address`,
      { domain: "vpc", tags: this.tags },
      { ...this.opts, protect: host.protect, ...adoption(view, "aws:eip", host.name) },
    );
  }
}

/** "aws:123456789012" from "arn:aws:ec2:eu-west-2:123456789012:instance/i-0abc". */
const accountIn = (arn: string | undefined): string | undefined => {
  const account = arn?.split(":")[4];
  return account ? `aws:${account}` : undefined;
};

/** The first of the operators' keys that EC2 takes; the others come with the first boot. */
function importable(host: string, operatorKeys: readonly string[]): string {
  const key = operatorKeys.find((each) => /^ssh-(ed25519|rsa) /.test(each));
  if (key === undefined)
    throw new Error(
      `host ${host} would be made without a key that may log in (EC2 takes ed25519 and RSA): ` +
        `\`pulumi config set operatorKeys "$(cat ~/.ssh/id_ed25519.pub)"\`, or give FLEET_OPERATOR_KEYS`,
    );
  return key;
}

/** An adopted machine has an id; without one the program must stop, because it would make a second machine. */
function idOfAdopted({ host, view }: AwsInstanceArgs): string {
  const id = host.id ?? view.existing[`aws:instance/${host.name}`];
  if (id === undefined)
    throw new Error(
      `host ${host.name} says adopt: true, but AWS has no instance of that Name in ${host.region}: ` +
        "give its id, or set adopt: false to make it",
    );
  return id;
}

const ANYWHERE = { cidrBlocks: ["0.0.0.0/0"], ipv6CidrBlocks: ["::/0"] };

/**
 * What the host file asks for, and SSH from the hub while the machine has no other way in; everything may go out. A rule
 * that is added by hand is taken away.
 */
function firewallRules({ host, sshFrom }: AwsInstanceArgs): Pick<aws.SecurityGroupArgs, "ingress" | "egress"> {
  const open = host.publicPorts.map((port) => ({
    description: showPort(port),
    protocol: port.protocol,
    fromPort: port.range.from,
    toPort: port.range.to,
    ...ANYWHERE,
  }));
  const ssh = (address: pulumi.Input<string>) => ({
    description: "first boot, from the hub",
    protocol: "tcp",
    fromPort: host.sshPort,
    toPort: host.sshPort,
    cidrBlocks: [pulumi.interpolate`${address}/32`],
  });
  return {
    ingress: sshFrom === undefined ? open : [...open, ssh(sshFrom)],
    egress: [{ protocol: "-1", fromPort: 0, toPort: 0, ...ANYWHERE }],
  };
}
