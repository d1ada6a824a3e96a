import { only, type Operation } from "./operation.ts";

const GONE: Operation["refused"] = [404, "The resource you requested could not be found."];

/** The end of each, until nothing is left. */
export const ends: Operation[] = [
  {
    call: "droplets.create",
    args: ({ image, key: id }) => ({
      body: { name: "again", region: "nyc3", size: "s-1vcpu-2gb", image, ssh_keys: [id], tags: ["short"] },
    }),
    answers: ({ image }) => ({ image: { id: image } }),
    keeps: { again: "id" },
  },
  { call: "droplets.list", answers: ({ droplet, again }) => only({ id: droplet }, { id: again }) },
  { call: "droplets.destroy_by_tag", args: () => ({ tag_name: "short" }) },
  { call: "droplets.destroy", args: ({ droplet }) => ({ droplet_id: droplet }) },
  { call: "droplets.list", answers: () => [], eventually: true },
  { call: "droplets.get", args: ({ droplet }) => ({ droplet_id: droplet }), refused: GONE },
  { call: "reserved_ips.delete", args: ({ ip }) => ({ reserved_ip: ip }) },
  { call: "snapshots.delete", args: ({ picture }) => ({ snapshot_id: picture }) },
  { call: "images.delete", args: ({ image }) => ({ image_id: image }) },
  { call: "volumes.delete", args: ({ volume }) => ({ volume_id: volume }) },
  { call: "firewalls.delete", args: ({ firewall }) => ({ firewall_id: firewall }) },
  { call: "domains.delete", args: () => ({ domain_name: "example.com" }) },
  { call: "ssh_keys.delete", args: ({ key: id }) => ({ ssh_key_identifier: id }) },
  { call: "tags.delete", args: () => ({ tag_id: "short" }) },
  { call: "tags.delete", args: () => ({ tag_id: "web" }) },
  ...["ssh_keys", "tags", "firewalls", "reserved_ips", "volumes", "snapshots", "domains"].map((kind): Operation => ({
    call: `${kind}.list`,
    answers: () => [],
  })),
];
