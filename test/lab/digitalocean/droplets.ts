import { expect } from "vitest";
import { only, some, type Operation } from "./operation.ts";

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

/** A droplet, and what can be done to it. */
export const droplets: Operation[] = [
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
];
