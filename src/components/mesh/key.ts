import * as pulumi from "@pulumi/pulumi";
import type { ConnectionInputs } from "../host/service.ts";

/** A host's WireGuard key: made on the host, where its private half stays. */
export class MeshKey extends pulumi.CustomResource {
  declare readonly publicKey: pulumi.Output<string>;
  /** While it gets a new one; else empty. */
  declare readonly nextPublicKey: pulumi.Output<string>;

  constructor(name: string, args: { host: string; connection: ConnectionInputs }, opts?: pulumi.CustomResourceOptions) {
    super("fleet:mesh:Key", name, { ...args, publicKey: undefined, nextPublicKey: undefined }, opts);
  }
}
