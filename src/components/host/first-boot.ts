import * as pulumi from "@pulumi/pulumi";
import type { HostKey } from "../ssh/keys.ts";

export interface FirstBootArgs {
  hostKey: HostKey;
  /** Public keys that may log in as root. */
  operatorKeys: readonly string[];
}

/**
 * cloud-init user data for a new machine: the host key that is already pinned and the operators' keys, so that the very
 * first connection is to a machine that has proved who it is. JSON is YAML, so nothing has to be escaped.
 */
export function firstBoot(args: FirstBootArgs): pulumi.Output<string> {
  const { publicKey, privateKey } = args.hostKey;
  return pulumi.secret(
    pulumi.all([publicKey, privateKey]).apply(
      ([ed25519_public, ed25519_private]) =>
        `#cloud-config\n${JSON.stringify(
          {
            disable_root: false,
            ssh_deletekeys: true,
            ssh_genkeytypes: [],
            ssh_keys: { ed25519_private, ed25519_public },
            ssh_authorized_keys: args.operatorKeys,
          },
          undefined,
          1,
        )}\n`,
    ),
  );
}
