import type { SiteInput } from "../nginx/site.ts";

/**
 * The site that nginx serves Uptime Kuma as, for members of the mesh alone: its pages, and the push URLs, whose paths
 * hold tokens.
 */
export const kumaSite = ({ name, mesh }: { name: string; mesh: string }): SiteInput => ({
  name,
  // Kuma's pages have their styles inline, and their data comes over a WebSocket.
  contentSecurityPolicy:
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self' wss:; " +
    "frame-ancestors 'none'",
  proxies: [
    {
      path: "/api/push/",
      to: 3001,
      only: [mesh],
      keepsPath: true,
      isSecret: true,
      probe: "/api/push/nobody",
      status: 403,
    },
    { path: "/", to: 3001, only: [mesh], webSocket: true, probe: "/", status: 403 },
  ],
});
