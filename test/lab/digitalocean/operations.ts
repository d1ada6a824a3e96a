import { expect } from "vitest";

/** What earlier operations have made, by name. */
export type Made = Record<string, string | number>;

/** One call of a client, by the name and arguments that the API's description gives it. */
export interface Operation {
  call: string;
  args?: (made: Made) => Record<string, unknown>;
  /** Part of what the client makes of the answer. */
  answers?: (made: Made) => unknown;
  /** Status and message when it is refused. */
  refused?: [status: number, message: string | RegExp];
  /** Which fields of the answer later operations speak of: name → field. */
  keeps?: Record<string, string>;
  /** The answer comes to be so after a while. */
  eventually?: boolean;
}

const some = (...things: object[]): unknown =>
  expect.arrayContaining(things.map((thing) => expect.objectContaining(thing)));
const only = (...things: object[]): unknown => things.map((thing) => expect.objectContaining(thing));
const rule = (ports: string) => ({ protocol: "tcp", ports, sources: { addresses: ["0.0.0.0/0", "::/0"] } });
const out = { protocol: "tcp", ports: "all", destinations: { addresses: ["0.0.0.0/0"] } };
const GONE: Operation["refused"] = [404, "The resource you requested could not be found."];
const act = (type: string, more: object = {}): Operation => ({
  call: "droplet_actions.post",
  args: ({ droplet }) => ({ droplet_id: droplet, body: { type, ...more } }),
  answers: ({ droplet }) => ({ type, resource_id: droplet, resource_type: "droplet" }),
});
const look = (answers: Operation["answers"]): Operation => ({
  call: "droplets.get",
  args: ({ droplet }) => ({ droplet_id: droplet }),
  answers,
});

/** A whole life of each resource. @param key a public key @param print its fingerprint */
export const operations = (key: string, print: string): Operation[] => [
  { call: "account.get", answers: () => ({ droplet_limit: 25, status: "active" }) },
  { call: "regions.list", answers: () => some({ slug: "nyc3", available: true }, { slug: "sfo1" }) },
  {
    call: "sizes.list",
    answers: () => some({ slug: "s-1vcpu-1gb", price_monthly: 6, memory: 1024 }, { slug: "so-4vcpu-32gb" }),
  },
  {
    call: "images.get",
    args: () => ({ image_id: "debian-12-x64" }),
    answers: () => ({ distribution: "Debian", public: true }),
  },

  {
    call: "ssh_keys.create",
    args: () => ({ body: { name: "laptop", public_key: key } }),
    answers: () => ({ name: "laptop", fingerprint: print }),
    keeps: { key: "id" },
  },
  {
    call: "ssh_keys.create",
    args: () => ({ body: { name: "again", public_key: key } }),
    refused: [422, "SSH Key is already in use on your account"],
  },
  { call: "ssh_keys.get", args: () => ({ ssh_key_identifier: print }), answers: ({ key: id }) => ({ id }) },
  {
    call: "ssh_keys.update",
    args: ({ key: id }) => ({ ssh_key_identifier: id, body: { name: "desktop" } }),
    answers: () => ({ name: "desktop" }),
  },
  { call: "tags.create", args: () => ({ body: { name: "web" } }), answers: () => ({ name: "web" }) },
  {
    call: "vpcs.create",
    args: () => ({ body: { name: "inner", region: "nyc3", ip_range: "10.9.0.0/24" } }),
    answers: () => ({ ip_range: "10.9.0.0/24", default: true }),
    keeps: { vpc: "id" },
  },
  {
    call: "firewalls.create",
    args: () => ({
      body: { name: "fw", inbound_rules: [rule("443")], outbound_rules: [out], tags: ["web"], droplet_ids: [] },
    }),
    answers: () => ({
      status: "succeeded",
      inbound_rules: only({ ports: "443" }),
      outbound_rules: only({ ports: "0" }),
    }),
    keeps: { firewall: "id" },
  },
  {
    call: "volumes.create",
    args: () => ({ body: { name: "data", region: "nyc3", size_gigabytes: 5, tags: ["web"] } }),
    answers: () => ({ size_gigabytes: 5, tags: ["web"] }),
    keeps: { volume: "id" },
  },

  {
    call: "droplets.create",
    args: ({ key: id, vpc }) => ({
      body: {
        name: "Bad_name",
        region: "nyc3",
        size: "s-1vcpu-1gb",
        image: "debian-12-x64",
        ssh_keys: [id],
        vpc_uuid: vpc,
        tags: [],
      },
    }),
    refused: [422, /Only valid hostname characters/],
  },
  {
    call: "droplets.create",
    args: ({ key: id, vpc }) => ({
      body: {
        name: "web-1",
        region: "nyc3",
        size: "s-1vcpu-1gb",
        image: "debian-12-x64",
        ssh_keys: [id],
        vpc_uuid: vpc,
        tags: ["web"],
        monitoring: true,
        user_data: "#cloud-config\n",
      },
    }),
    answers: () => ({ name: "web-1", status: "new" }),
    keeps: { droplet: "id" },
  },
  look(({ vpc }) => ({
    status: "active",
    size_slug: "s-1vcpu-1gb",
    vpc_uuid: vpc,
    tags: ["web"],
    features: expect.arrayContaining(["monitoring"]),
    networks: { v4: some({ type: "public" }, { type: "private", ip_address: "10.9.0.2" }) },
    image: { slug: "debian-12-x64" },
    region: { slug: "nyc3" },
  })),
  { call: "droplets.list", args: () => ({ tag_name: "web" }), answers: ({ droplet }) => only({ id: droplet }) },
  {
    call: "droplets.list_firewalls",
    args: ({ droplet }) => ({ droplet_id: droplet }),
    answers: ({ firewall }) => only({ id: firewall }),
  },
  {
    call: "vpcs.list_members",
    args: ({ vpc }) => ({ vpc_id: vpc }),
    answers: ({ droplet }) => only({ urn: `do:droplet:${droplet}` }),
  },
  { call: "vpcs.delete", args: ({ vpc }) => ({ vpc_id: vpc }), refused: [403, "Can not delete default VPCs"] },
  {
    call: "tags.unassign_resources",
    args: ({ droplet }) => ({
      tag_id: "web",
      body: { resources: [{ resource_id: String(droplet), resource_type: "droplet" }] },
    }),
  },
  { call: "droplets.list", args: () => ({ tag_name: "web" }), answers: () => [] },
  {
    call: "tags.assign_resources",
    args: ({ droplet }) => ({
      tag_id: "web",
      body: { resources: [{ resource_id: String(droplet), resource_type: "droplet" }] },
    }),
  },
  {
    call: "tags.get",
    args: () => ({ tag_id: "web" }),
    answers: () => ({ resources: { count: 2, droplets: { count: 1 }, volumes: { count: 1 } } }),
  },

  act("power_off"),
  look(() => ({ status: "off" })),
  { ...act("power_off"), refused: [422, "Droplet is already powered off"] },
  act("resize", { size: "s-1vcpu-2gb", disk: true }),
  act("power_on"),
  act("reboot"),
  act("rename", { name: "web-2" }),
  act("enable_ipv6"),
  look(() => ({ status: "active", name: "web-2", memory: 2048, disk: 50, networks: { v6: only({ type: "public" }) } })),
  { ...act("resize", { size: "s-2vcpu-2gb", disk: true }), refused: [422, /currently on/] },
  act("snapshot", { name: "before" }),
  {
    call: "droplets.list_snapshots",
    args: ({ droplet }) => ({ droplet_id: droplet }),
    answers: () => only({ name: "before", min_disk_size: 50 }),
    keeps: { image: "0.id" },
  },
  {
    call: "images.update",
    args: ({ image }) => ({ image_id: image, body: { name: "kept" } }),
    answers: () => ({ name: "kept", type: "snapshot" }),
  },

  {
    call: "volume_actions.post_by_id",
    args: ({ volume, droplet }) => ({
      volume_id: volume,
      body: { type: "attach", droplet_id: droplet, region: "nyc3" },
    }),
    answers: () => ({ type: "attach_volume" }),
  },
  {
    call: "volumes.get",
    args: ({ volume }) => ({ volume_id: volume }),
    answers: ({ droplet }) => ({ droplet_ids: [droplet] }),
  },
  { call: "volumes.delete", args: ({ volume }) => ({ volume_id: volume }), refused: [409, /attached to a droplet/] },
  {
    call: "volume_actions.post_by_id",
    args: ({ volume }) => ({ volume_id: volume, body: { type: "resize", size_gigabytes: 9, region: "nyc3" } }),
    answers: () => ({ type: "resize_volume" }),
  },
  {
    call: "volume_snapshots.create",
    args: ({ volume }) => ({ volume_id: volume, body: { name: "pictured" } }),
    answers: () => ({ min_disk_size: 9, resource_type: "volume" }),
    keeps: { picture: "id" },
  },
  {
    call: "snapshots.list",
    answers: ({ picture, image }) =>
      only({ id: String(image), resource_type: "droplet" }, { id: picture, resource_type: "volume" }),
  },
  {
    call: "volume_actions.post_by_id",
    args: ({ volume, droplet }) => ({
      volume_id: volume,
      body: { type: "detach", droplet_id: droplet, region: "nyc3" },
    }),
  },

  {
    call: "reserved_ips.create",
    args: ({ droplet }) => ({ body: { droplet_id: droplet } }),
    keeps: { ip: "ip" },
  },
  {
    call: "reserved_ips.get",
    args: ({ ip }) => ({ reserved_ip: ip }),
    answers: ({ droplet }) => ({ droplet: { id: droplet } }),
  },
  {
    call: "reserved_ips_actions.post",
    args: ({ ip }) => ({ reserved_ip: ip, body: { type: "unassign" } }),
    answers: () => ({ type: "unassign_ip" }),
  },
  {
    call: "reserved_ips_actions.post",
    args: ({ ip, droplet }) => ({ reserved_ip: ip, body: { type: "assign", droplet_id: droplet } }),
    answers: () => ({ type: "assign_ip" }),
  },

  {
    call: "firewalls.update",
    args: ({ firewall, droplet }) => ({
      firewall_id: firewall,
      body: { name: "fw", inbound_rules: [rule("80")], outbound_rules: [], tags: [], droplet_ids: [droplet] },
    }),
    answers: ({ droplet }) => ({ droplet_ids: [droplet], inbound_rules: only({ ports: "80" }) }),
  },
  {
    call: "firewalls.add_rules",
    args: ({ firewall }) => ({ firewall_id: firewall, body: { inbound_rules: [rule("8000-8010")] } }),
  },
  { call: "firewalls.list", answers: () => only({ inbound_rules: only({ ports: "80" }, { ports: "8000-8010" }) }) },

  {
    call: "projects.create",
    args: () => ({ body: { name: "prod", purpose: "Web Application", environment: "Production" } }),
    answers: () => ({ environment: "Production" }),
    keeps: { project: "id" },
  },
  { call: "projects.get_default", answers: () => ({ is_default: true }), keeps: { first: "id" } },
  {
    call: "projects.assign_resources",
    args: ({ project, droplet }) => ({ project_id: project, body: { resources: [`do:droplet:${droplet}`] } }),
    answers: () => only({ status: "assigned" }),
  },
  {
    call: "projects.list_resources",
    args: ({ project }) => ({ project_id: project }),
    answers: ({ droplet, ip }) => only({ urn: `do:droplet:${droplet}`, status: "ok" }, { urn: `do:floatingip:${ip}` }),
  },
  {
    call: "projects.delete",
    args: ({ project }) => ({ project_id: project }),
    refused: [412, "cannot delete a project with resources"],
  },
  {
    call: "projects.patch",
    args: ({ project }) => ({ project_id: project, body: { name: "production" } }),
    answers: () => ({ name: "production", purpose: "Web Application" }),
  },
  {
    call: "projects.assign_resources",
    args: ({ first, droplet }) => ({ project_id: first, body: { resources: [`do:droplet:${droplet}`] } }),
  },
  { call: "projects.delete", args: ({ project }) => ({ project_id: project }) },

  {
    call: "domains.create",
    args: () => ({ body: { name: "example.com", ip_address: "203.0.113.4" } }),
    answers: () => ({ ttl: 1800 }),
  },
  {
    call: "domains.create_record",
    args: () => ({
      domain_name: "example.com",
      body: { type: "MX", name: "@", data: "mail.example.com.", priority: 10 },
    }),
    answers: () => ({ type: "MX", priority: 10, ttl: 1800 }),
    keeps: { record: "id" },
  },
  {
    call: "domains.update_record",
    args: ({ record }) => ({
      domain_name: "example.com",
      domain_record_id: record,
      body: { type: "MX", name: "@", data: "mx.example.com.", priority: 20 },
    }),
    answers: () => ({ data: "mx.example.com.", priority: 20 }),
  },
  {
    call: "domains.list_records",
    args: () => ({ domain_name: "example.com" }),
    answers: () => some({ type: "NS" }, { type: "A", data: "203.0.113.4" }, { type: "MX", data: "mx.example.com." }),
  },

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
