import * as pulumi from "@pulumi/pulumi";
import type { Bundle } from "../../model/bundle.ts";
import type { Connection } from "../../transport/types.ts";

/** How to reach a host, where parts of it are known only later. */
export type ConnectionInputs = { [K in Exclude<keyof Connection, "jumpConnection">]?: pulumi.Input<Connection[K]> } & {
  jumpConnection?: ConnectionInputs;
};

/** Inputs of `fleet:host:Service`: a bundle whose texts have their values in place. */
export interface HostServiceArgs {
  /** The host's name; with `service` it is the resource's identity. */
  host: string;
  service: string;
  /** Where the system is made by nixos-rebuild. */
  os?: "nixos";
  /** How to reach the host; never a reason to replace or update. */
  connection: ConnectionInputs;
  bundle: { [K in keyof Bundle]: pulumi.Input<unknown> };
}

/** One service on one host, brought to its declared state over SSH by the fleet provider. */
export class HostService extends pulumi.CustomResource {
  constructor(name: string, args: HostServiceArgs, opts?: pulumi.CustomResourceOptions) {
    const { bundle, ...rest } = args;
    super("fleet:host:Service", name, { ...rest, ...withoutEmpty(bundle) }, opts);
  }
}

/** The provider takes what is left out for empty; every property that is given costs time and room in the state. */
const withoutEmpty = (bundle: object): pulumi.Inputs =>
  Object.fromEntries(Object.entries(bundle).filter(([, part]) => !isEmpty(part)));

const isEmpty = (part: unknown): boolean =>
  typeof part === "object" && part !== null && !pulumi.Output.isInstance(part) && Object.keys(part).length === 0;
