import { Address4 } from "ip-address";
import type { Api } from "../api/api.ts";
import type { DropletRecord } from "../api/records.ts";
import { findRegion, findSize } from "../catalogue/index.ts";
import { findImage, imageView } from "../resources/images.ts";

/** A droplet as the vendor describes it, with what other records say about it. */
export function dropletView(api: Api, droplet: DropletRecord): object {
  const { id, name, created_at, status, disk, region, size: size_slug, vpc_uuid, tags } = droplet;
  const size = findSize(size_slug);
  const image = findImage(api, droplet.image);
  const pictures = api.images.list().filter((each) => each.droplet === id);
  return {
    id,
    name,
    created_at,
    status,
    memory: size?.memory,
    vcpus: size?.vcpus,
    disk,
    disk_info: size?.disk_info,
    locked: status === "archive" || api.actions.isRunningOn(id),
    kernel: null,
    features: featuresOf(droplet),
    backup_ids: [],
    next_backup_window: null,
    snapshot_ids: pictures.map((each) => each.id),
    image: image === undefined ? {} : imageView(image),
    volume_ids: api.volumes
      .list()
      .filter((volume) => volume.droplet === id)
      .map((volume) => volume.id),
    size,
    size_slug,
    // Addresses are there when the machine is.
    networks: status === "new" ? { v4: [], v6: [] } : networksOf(api, droplet),
    region: findRegion(region),
    tags,
    vpc_uuid,
  };
}

const featuresOf = (droplet: DropletRecord): string[] => [
  ...(droplet.backups === null ? [] : ["backups"]),
  ...(droplet.monitoring ? ["monitoring"] : []),
  ...(droplet.agent ? ["droplet_agent"] : []),
  ...(droplet.ipv6 === null ? [] : ["ipv6"]),
  "private_networking",
];

/** The droplet's own public address comes before a reserved one that it has. */
function networksOf(api: Api, droplet: DropletRecord): object {
  const vpc = api.vpcs.get(droplet.vpc_uuid);
  const range = vpc && new Address4(vpc.ip_range);
  const reserved = api.reserved_ips.list().filter((ip) => ip.droplet === droplet.id);
  const publicOnes = [...(droplet.public_ip === null ? [] : [droplet.public_ip]), ...reserved.map(({ ip }) => ip)];
  return {
    v4: [
      {
        ip_address: droplet.private_ip,
        netmask: range === undefined ? "255.255.240.0" : maskOf(range.subnetMask),
        gateway: range?.offset(1).correctForm() ?? "",
        type: "private",
      },
      ...publicOnes.map((ip_address) => ({
        ip_address,
        netmask: "255.255.240.0",
        gateway: ip_address.replace(/\.\d+$/, ".1"),
        type: "public",
      })),
    ],
    v6:
      droplet.ipv6 === null
        ? []
        : [{ ip_address: droplet.ipv6, netmask: 64, gateway: droplet.ipv6.replace(/::.*$/, "::1"), type: "public" }],
  };
}

const maskOf = (bits: number): string =>
  [0, 8, 16, 24].map((from) => 256 - 2 ** (8 - Math.min(8, Math.max(0, bits - from)))).join(".");
