import type { Api } from "./fetch.ts";

/** Endpoints and tokens by the environment variables of the official providers. */
export const apisOf = (env: NodeJS.ProcessEnv): { hcloud: Api; cloudflare: Api; digitalocean: Api } => ({
  hcloud: { url: env.HCLOUD_ENDPOINT ?? "https://api.hetzner.cloud/v1", token: env.HCLOUD_TOKEN },
  cloudflare: {
    url: env.CLOUDFLARE_BASE_URL ?? "https://api.cloudflare.com/client/v4",
    token: env.CLOUDFLARE_API_TOKEN,
  },
  digitalocean: {
    url: env.DIGITALOCEAN_API_URL ?? "https://api.digitalocean.com",
    token: env.DIGITALOCEAN_TOKEN,
  },
});
