import * as pulumi from "@pulumi/pulumi";
import type { Host } from "../../model/host.ts";
import { tagsOf } from "../../tailnet/tags.ts";
import { Acl, TailnetKey } from "./sdk.ts";

/** Long enough for one `up`; whoever finds the key later can do nothing with it. */
const KEY_SECONDS = 3600;

/** What a fleet has at Tailscale: the policy of its tailnet, and a key for each host to join with. */
export class Tailnet extends pulumi.ComponentResource {
  private readonly policy: Acl;
  private readonly keys = new Map<string, TailnetKey>();

  /** @param args.policy the policy file. A tailnet that has one which the fleet does not know is left alone: import it */
  constructor(name: string, { policy }: { policy: string }, opts?: pulumi.ComponentResourceOptions) {
    super("fleet:tailscale:Tailnet", name, {}, opts);
    this.policy = new Acl(`${name}-policy`, { acl: policy }, { parent: this });
    this.registerOutputs({});
  }

  /** A key that lets in this host and no second device, with its tags. */
  keyOf(host: Host): pulumi.Output<string> {
    const key = this.keys.get(host.name) ?? this.createKey(host);
    this.keys.set(host.name, key);
    return key.key;
  }

  private createKey(host: Host): TailnetKey {
    return new TailnetKey(
      `${host.name}-tailnet-key`,
      {
        description: host.name.slice(0, 50),
        expiry: KEY_SECONDS,
        preauthorized: true,
        reusable: false,
        ephemeral: false,
        tags: tagsOf(host).toSorted(),
      },
      // Until the policy says who owns a tag, no key can have it.
      { parent: this, dependsOn: [this.policy] },
    );
  }
}
