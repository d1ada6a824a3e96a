import * as pulumi from "@pulumi/pulumi";
import type { AwsHost } from "../../model/host.ts";
import type { Declarations } from "../clouds/declarations.ts";
import type { ConnectionInputs } from "../host/service.ts";
import type { HostKey } from "../ssh/keys.ts";
import * as aws from "./sdk.ts";

export interface AwsInstanceArgs {
  host: AwsHost;
  /** Labels of the fleet; all of it is tagged with them. */
  labels: Record<string, string>;
  clouds: Declarations;
  /** Makes the host key of a machine that the fleet makes. */
  hostKeyIn: (machine: pulumi.ComponentResource) => HostKey;
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

  constructor(name: string, args: AwsInstanceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("fleet:aws:Instance", name, {}, opts);
    const { host, clouds } = args;
    const own = { parent: this, provider: this.createProvider(name, args) };
    const declare = (key: string) => clouds.resource(key, own);
    this.hostKey = host.adopt ? undefined : args.hostKeyIn(this).publicKey;
    if (!host.adopt) {
      declare(`aws/key-pair/${name}-key`);
      declare(`aws/security-group/${name}-firewall`);
    }
    this.instance = declare(`aws/instance/${name}`) as aws.Instance;
    const running = new aws.InstanceState(`${name}-running`, { instanceId: this.instance.id, state: "running" }, own);
    const eip = host.adopt ? undefined : (declare(`aws/eip/${name}-address`) as aws.Eip);
    const association =
      eip &&
      new aws.EipAssociation(
        `${name}-association`,
        { allocationId: eip.id, instanceId: this.instance.id, allowReassociation: true },
        own,
      );
    this.address = eip?.publicIp ?? this.instance.publicIp;
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
  private createProvider(name: string, { host, labels: { host: _, ...tags } }: AwsInstanceArgs): aws.Provider {
    return new aws.Provider(`${name}-region`, { region: host.region, defaultTags: { tags } }, { parent: this });
  }
}

/** "aws:123456789012" from "arn:aws:ec2:eu-west-2:123456789012:instance/i-0abc". */
const accountIn = (arn: string | undefined): string | undefined => {
  const account = arn?.split(":")[4];
  return account ? `aws:${account}` : undefined;
};
