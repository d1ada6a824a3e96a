import { randomBytes } from "node:crypto";
import type { Machines } from "../../types.ts";
import { hasBearerToken } from "../http/auth.ts";
import type { CloudDefinition } from "../http/types.ts";
import type { Store } from "../store.ts";
import { globalActionRoutes } from "./api/actions.ts";
import { createApi } from "./api/api.ts";
import { errorForStatus, hetznerError, renderError } from "./api/errors.ts";
import { resourceRoutes } from "./api/resource.ts";
import { catalogueRoutes } from "./resources/catalogue.ts";
import { firewalls } from "./resources/firewalls.ts";
import { floatingIps } from "./resources/floating-ips.ts";
import { imageRoutes } from "./resources/images.ts";
import { networks } from "./resources/networks.ts";
import { placementGroups } from "./resources/placement-groups.ts";
import { primaryIps } from "./resources/primary-ips.ts";
import { sshKeys } from "./resources/ssh-keys.ts";
import { volumes } from "./resources/volumes.ts";
import { seedServer, type SeedServer } from "./seed.ts";
import { servers } from "./servers/index.ts";
import { resumeServers } from "./servers/lifecycle.ts";

export type { SeedServer } from "./seed.ts";

export interface HetznerCloud {
  /** For startCloud; its url is what HCLOUD_ENDPOINT takes. */
  definition: CloudDefinition;
  /** See SeedServer. Call it before resume(). */
  seedServer(seed: SeedServer): number | undefined;
  /**
   * Boots every machine whose server was running, and ends what a killed lab left half done. Resolves when they are up.
   */
  resume(): Promise<void>;
}

/** A fresh token. The official plugin refuses any that is not exactly 64 characters long. */
export const newHetznerToken = (): string => randomBytes(32).toString("hex");

/** The Hetzner Cloud API v1 over local machines. @param token the only one that is let in. */
export function createHetzner(options: { store: Store; machines: Machines; token: string }): HetznerCloud {
  const api = createApi(options.store, options.machines);
  return {
    definition: {
      name: "hcloud",
      basePath: "/v1",
      routes: [
        ...globalActionRoutes(api.actions),
        ...catalogueRoutes(),
        ...imageRoutes(api),
        ...resourceRoutes(api, servers(api)),
        ...resourceRoutes(api, sshKeys(api)),
        ...resourceRoutes(api, firewalls(api)),
        ...resourceRoutes(api, networks(api)),
        ...resourceRoutes(api, primaryIps(api)),
        ...resourceRoutes(api, floatingIps(api)),
        ...resourceRoutes(api, volumes(api)),
        ...resourceRoutes(api, placementGroups(api)),
      ],
      authorize: (request) => {
        if (!hasBearerToken(request, options.token)) throw hetznerError("unauthorized", "unable to authenticate");
      },
      renderError,
      errorForStatus,
      requestsPerHour: 3600,
      allowanceHeaders: ({ limit, remaining, resetSeconds }) => ({
        "RateLimit-Limit": String(limit),
        "RateLimit-Remaining": String(remaining),
        "RateLimit-Reset": String(Math.floor(Date.now() / 1000) + resetSeconds),
      }),
      close: () => api.actions.settled(),
    },
    seedServer: (seed) => seedServer(api, options.store, seed),
    resume: () => resumeServers(api),
  };
}
