/**
 * What Cloudflare's proxy carries, by how visitors ask; requests to other ports of a proxied name never arrive.
 * https://developers.cloudflare.com/fundamentals/reference/network-ports/, read 2026-11.
 */
export const proxiedPorts = {
  http: [80, 8080, 8880, 2052, 2082, 2086, 2095],
  https: [443, 2053, 2083, 2087, 2096, 8443],
} as const;
