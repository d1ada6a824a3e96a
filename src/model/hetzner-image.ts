import { type HetznerHost, releaseOf } from "./host.ts";

/** Hetzner's name of the image for a host, for machines that are made new; nothing where it has none of the OS. */
export const imageOf = (host: HetznerHost): string | undefined =>
  host.image ?? (host.os === "debian" ? `debian-${releaseOf(host)}` : IMAGES[host.os]);

const IMAGES: Partial<Record<HetznerHost["os"], string>> = {
  ubuntu: "ubuntu-24.04",
  fedora: "fedora-42",
};
