import * as pulumi from "@pulumi/pulumi";

/**
 * A random value that programs of the fleet share, such as a push token; the fleet makes it once and keeps it encrypted
 * in the state.
 */
export class Token extends pulumi.CustomResource {
  /** 32 letters and digits, a secret. */
  declare readonly value: pulumi.Output<string>;

  constructor(name: string, opts?: pulumi.CustomResourceOptions) {
    super("fleet:index:Token", name, { name, value: undefined }, { additionalSecretOutputs: ["value"], ...opts });
  }
}
