import type { Plugin } from "../../../plugin/types.ts";
import { bare } from "../schema.ts";
import { createClient } from "./client.ts";
import { droplet } from "./droplet.ts";
import { facts, tokenOf } from "./facts.ts";
import { firewall } from "./firewall.ts";
import { project } from "./project.ts";
import { reservedIp, reservedIpAssignment } from "./reserved-ip.ts";
import { digitalOceanResource } from "./resource.ts";
import { domain, dropletSnapshot, sshKey, tag, vpc } from "./simple.ts";
import { volume, volumeAttachment } from "./volume.ts";

const KINDS = [
  sshKey,
  tag,
  vpc,
  droplet,
  firewall,
  reservedIp,
  reservedIpAssignment,
  volume,
  volumeAttachment,
  dropletSnapshot,
  project,
  domain,
];

export interface DigitalOceanDefaults {
  /** Without the version, such as http://127.0.0.1:4001. */
  endpoint: string;
  token: string;
}

/**
 * The digitalocean provider over the HTTP API, for labs where the official one cannot be had. Its configuration
 * (apiEndpoint, token) comes before the defaults.
 */
export function createDigitalOceanPlugin(defaults: DigitalOceanDefaults): Plugin {
  let client = createClient(defaults.endpoint, defaults.token);
  return {
    name: facts.package,
    version: facts.version,
    configure: async (config) => {
      client = createClient(
        String(bare(config.apiEndpoint) ?? defaults.endpoint),
        String(bare(config.token) ?? defaults.token),
      );
    },
    resources: Object.fromEntries(
      KINDS.map((kind) => [tokenOf(kind.name), digitalOceanResource(kind, () => client)] as const),
    ),
  };
}
