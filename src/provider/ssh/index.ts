import type { ResourceType } from "../../plugin/types.ts";
import type { Pool } from "../../transport/pool.ts";
import { hostKeyResource } from "./host-key.ts";
import { keyPairResource } from "./key-pair.ts";

export const sshResources = (pool: Pool): Record<string, ResourceType> => ({
  "fleet:ssh:HostKey": hostKeyResource(pool),
  "fleet:ssh:KeyPair": keyPairResource,
});
