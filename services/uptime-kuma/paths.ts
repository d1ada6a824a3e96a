/** The program that keeps records in Uptime Kuma; services that have some name it. */
export const KEEPER = "/usr/local/lib/fleet/uptime-kuma";
