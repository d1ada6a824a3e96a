import * as pulumi from "@pulumi/pulumi";
import type { StaticHost } from "../../model/host.ts";
import type { ConnectionInputs } from "../host/service.ts";

/** A machine that no cloud API manages: nothing is created, its services hang below it. */
export class StaticMachine extends pulumi.ComponentResource {
  readonly connection: ConnectionInputs;

  constructor(name: string, { host }: { host: StaticHost }, opts?: pulumi.ComponentResourceOptions) {
    super("fleet:static:Machine", name, {}, opts);
    this.connection = {
      address: host.ipv4 ?? host.mesh ?? host.private,
      port: host.sshPort,
      user: host.user,
      jump: host.jump,
      hostKey: host.hostKey,
      bootSeconds: 0,
    };
    this.registerOutputs({});
  }
}
