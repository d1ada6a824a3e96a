import type { Plugin } from "../../../plugin/types.ts";
import { bare } from "../schema.ts";
import { eip } from "./eip.ts";
import { eipAssociation } from "./eip-association.ts";
import { facts } from "./facts.ts";
import { instance } from "./instance.ts";
import { instanceState } from "./instance-state.ts";
import { keyPair } from "./key-pair.ts";
import { awsResource } from "./resource.ts";
import { connect, type Scope } from "./scope.ts";
import { securityGroup } from "./security-group.ts";

const KINDS = [keyPair, securityGroup, instance, instanceState, eip, eipAssociation];

/**
 * The aws provider over the vendor's SDK, for labs where the official one cannot be had. Each provider of a program has
 * a region and default tags of its own, so each connection of an engine gets a plugin of its own.
 * @param options.url the endpoint for all regions @param options.token both parts of the access key
 */
export async function createAwsPlugin(options: { url: string; token: string }): Promise<() => Plugin> {
  const scopes = await connect(options);
  return () => {
    let configured: Pick<Scope, "region" | "defaultTags"> | undefined;
    const scopeOf = (region?: string): Scope => {
      if (configured === undefined)
        throw new Error("this provider of AWS has no configuration any more: run the command again");
      return scopes(region ?? configured.region, configured.defaultTags);
    };
    return {
      name: facts.package,
      version: facts.version,
      configure: async (config) => {
        const { region, defaultTags } = bare(config) as {
          region?: string;
          defaultTags?: { tags?: Record<string, string> };
        };
        if (!region) throw new Error("a provider of AWS needs a region: give it one, or set aws:region");
        configured = { region, defaultTags: defaultTags?.tags ?? {} };
      },
      resources: Object.fromEntries(KINDS.map((kind) => [kind.token, awsResource(kind, scopeOf)])),
    };
  };
}
