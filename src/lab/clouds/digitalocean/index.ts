import type { Machines } from "../../types.ts";
import { hasBearerToken } from "../http/auth.ts";
import type { CloudDefinition } from "../http/types.ts";
import type { Store } from "../store.ts";
import { globalActionRoutes } from "./api/actions.ts";
import { createApi } from "./api/api.ts";
import { digitalOceanError, errorForStatus, renderError } from "./api/errors.ts";
import { dropletRoutes } from "./droplets/index.ts";
import { resumeDroplets } from "./droplets/lifecycle.ts";
import { accountRoutes } from "./resources/account.ts";
import { catalogueRoutes } from "./resources/catalogue.ts";
import { domainRoutes } from "./resources/domains.ts";
import { firewallRoutes } from "./resources/firewalls.ts";
import { imageRoutes } from "./resources/images.ts";
import { projectRoutes } from "./resources/projects.ts";
import { reservedIpRoutes } from "./resources/reserved-ips.ts";
import { snapshotRoutes } from "./resources/snapshots.ts";
import { sshKeyRoutes } from "./resources/ssh-keys.ts";
import { tagRoutes } from "./resources/tags.ts";
import { volumeRoutes } from "./resources/volumes.ts";
import { vpcRoutes } from "./resources/vpcs.ts";
import { seedDroplet, type SeedDroplet } from "./seed.ts";

export interface DigitalOceanCloud {
  /** For startCloud; its url without the version is what DIGITALOCEAN_API_URL takes. */
  definition: CloudDefinition;
  /** See SeedDroplet. Call it before resume(). */
  seedDroplet(seed: SeedDroplet): number | undefined;
  /**
   * Boots every machine whose droplet was running, and ends what a killed lab left half done. Resolves when they are
   * up.
   */
  resume(): Promise<void>;
}

/**
 * The DigitalOcean API v2 over local machines: what fleets use of it. Kubernetes, databases, load balancers, apps,
 * Spaces, VPC peerings, alerts, custom images and destroying with associated resources are not there (404).
 * @param token the only one that is let in.
 */
export function createDigitalOcean(options: { store: Store; machines: Machines; token: string }): DigitalOceanCloud {
  const api = createApi(options.store, options.machines);
  return {
    definition: {
      name: "digitalocean",
      basePath: "/v2",
      routes: [
        ...accountRoutes(),
        ...catalogueRoutes(),
        ...globalActionRoutes(api.actions),
        ...dropletRoutes(api),
        ...sshKeyRoutes(api),
        ...tagRoutes(api),
        ...firewallRoutes(api),
        ...vpcRoutes(api),
        ...reservedIpRoutes(api),
        ...volumeRoutes(api),
        ...snapshotRoutes(api),
        ...imageRoutes(api),
        ...projectRoutes(api),
        ...domainRoutes(api),
      ],
      authorize: (request) => {
        if (!hasBearerToken(request, options.token)) throw digitalOceanError("unauthorized");
      },
      renderError,
      errorForStatus,
      requestsPerHour: 5000,
      allowanceHeaders: ({ limit, remaining, resetSeconds }) => ({
        "ratelimit-limit": String(limit),
        "ratelimit-remaining": String(remaining),
        "ratelimit-reset": String(Math.floor(Date.now() / 1000) + resetSeconds),
      }),
      close: () => api.actions.settled(),
    },
    seedDroplet: (seed) => seedDroplet(api, options.store, seed),
    resume: () => resumeDroplets(api),
  };
}
