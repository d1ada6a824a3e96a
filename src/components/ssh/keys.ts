import * as pulumi from "@pulumi/pulumi";
import type { ConnectionInputs } from "../host/service.ts";

export interface HostKeyArgs {
  host: string;
  /** Read the key that the machine has, over a connection that is already verified, instead of making one. */
  adopt: boolean;
  connection?: ConnectionInputs;
}

/**
 * A machine's SSH host key: made before its first boot and given to it through cloud-init, or read from a machine that
 * exists.
 */
export class HostKey extends pulumi.CustomResource {
  /** "ssh-ed25519 AAAA…" */
  declare readonly publicKey: pulumi.Output<string>;
  /** OpenSSH format, a secret; absent when adopted. */
  declare readonly privateKey: pulumi.Output<string>;

  constructor(name: string, args: HostKeyArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      "fleet:ssh:HostKey",
      name,
      { ...args, publicKey: undefined, privateKey: undefined },
      { additionalSecretOutputs: ["privateKey"], ...opts },
    );
  }
}

/**
 * An SSH key pair for machines that talk to one another; the fleet makes it and keeps the private half encrypted in the
 * state.
 */
export class KeyPair extends pulumi.CustomResource {
  declare readonly publicKey: pulumi.Output<string>;
  declare readonly privateKey: pulumi.Output<string>;

  constructor(name: string, opts?: pulumi.CustomResourceOptions) {
    super(
      "fleet:ssh:KeyPair",
      name,
      { name, publicKey: undefined, privateKey: undefined },
      { additionalSecretOutputs: ["privateKey"], ...opts },
    );
  }
}
