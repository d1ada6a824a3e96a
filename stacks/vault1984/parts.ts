import type { Status } from "../../src/model/status.ts";

/** What the hub and the spokes have to agree on. */

export const domain = "vault1984.com";
/** "active" from the go-live on (M7): the apex and www lead to Virginia, and their certificates are watched. */
export const goLive: Status = "planned";
/** Where the dashboard is served. */
export const soc = `soc.${domain}`;
export const mesh = "10.84.0.0/24";
export const hub = { name: "zurich", mesh: "10.84.0.1" };
/** Uptime Kuma's notification that every monitor sends. */
export const notification = "ntfy";
const ntfyPort = 2586;
export const ntfyServer = {
  port: ntfyPort,
  alerts: { server: `http://${hub.mesh}:${ntfyPort}`, topic: "vault1984-alerts" },
};
