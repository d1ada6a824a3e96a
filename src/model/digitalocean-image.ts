import { type DigitalOceanHost, releaseOf } from "./host.ts";

/** DigitalOcean's name of the image for a host, for machines that are made new; nothing where it has none of the OS. */
export const imageOf = (host: DigitalOceanHost): string | undefined =>
  host.image ?? (host.os === "debian" ? `debian-${releaseOf(host)}-x64` : IMAGES[host.os]);

const IMAGES: Partial<Record<DigitalOceanHost["os"], string>> = {
  ubuntu: "ubuntu-24-04-x64",
  fedora: "fedora-42-x64",
};
