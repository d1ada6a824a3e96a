import { only, rule, some, type Operation } from "./operation.ts";

/** What stands beside a droplet: volumes, addresses, firewalls, projects, domains. */
export const belongings: Operation[] = [
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
];
