import { only, rule, some, type Operation } from "./operation.ts";

const out = { protocol: "tcp", ports: "all", destinations: { addresses: ["0.0.0.0/0"] } };

/** What droplets are made with. @param key a public key @param print its fingerprint */
export const basics = (key: string, print: string): Operation[] => [
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
];
