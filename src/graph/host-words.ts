import type { Host } from "../model/host.ts";

const HARDWARE = {
  pi: "Raspberry Pi",
  jetson: "Jetson",
  mac: "Mac",
  "mini-pc": "mini PC",
  vps: "VPS",
  "bare-metal": "bare metal",
};

/** What a machine is: "Hetzner cx43", "Raspberry Pi". */
export function machineWords(host: Host): string {
  switch (host.kind) {
    case "hetzner":
      return `Hetzner ${host.type}`;
    case "digitalocean":
      return `DigitalOcean ${host.size}`;
    case "aws":
      return `AWS ${host.type}`;
    case "static":
      return [host.provider, HARDWARE[host.hardware]].filter(Boolean).join(" ");
  }
}

/** Where it stands: "hel1", "home"; empty when nobody says. */
export const placeWords = (host: Host): string => ("region" in host ? host.region : (host.location ?? ""));
