import type { Labels } from "./labels.ts";

/** What the store holds of each kind. A link between two things is kept on one side only; views work out the other. */
export interface Base {
  id: number;
  name: string;
  /** ISO 8601 */
  created: string;
  labels: Labels;
}

interface Protected {
  protection: { delete: boolean };
}

/** address → name; addresses without one of their own get the vendor's default. */
export type ReverseNames = Record<string, string>;

export type ServerStatus = "initializing" | "starting" | "running" | "stopping" | "off" | "deleting" | "rebuilding";

export interface ServerRecord extends Base {
  status: ServerStatus;
  server_type: string;
  image: number | null;
  location: string;
  placement_group: number | null;
  protection: { delete: boolean; rebuild: boolean };
  private_net: { network: number; ip: string; alias_ips: string[]; mac_address: string }[];
  /** GB */
  primary_disk_size: number;
  backup_window: string | null;
  iso: number | null;
  rescue_enabled: boolean;
  /** Its name in the lab, which stays when the server is renamed. */
  machine: string;
  authorized_keys: string[];
  user_data: string | null;
}

export interface SshKeyRecord extends Base {
  fingerprint: string;
  public_key: string;
}

export interface FirewallRule {
  direction: "in" | "out";
  protocol: "tcp" | "udp" | "icmp" | "esp" | "gre";
  port: string | null;
  source_ips: string[];
  destination_ips: string[];
  description: string | null;
}

export type FirewallTarget =
  | { type: "server"; server: { id: number } }
  | { type: "label_selector"; label_selector: { selector: string } };

export interface FirewallRecord extends Base {
  rules: FirewallRule[];
  applied_to: FirewallTarget[];
}

export interface Subnet {
  type: "cloud" | "server" | "vswitch";
  ip_range: string;
  network_zone: string;
  gateway: string;
  vswitch_id: number | null;
}

export interface NetworkRecord extends Base, Protected {
  ip_range: string;
  subnets: Subnet[];
  routes: { destination: string; gateway: string }[];
  expose_routes_to_vswitch: boolean;
}

export interface PrimaryIpRecord extends Base, Protected {
  type: "ipv4" | "ipv6";
  ip: string;
  location: string;
  /** A server's id. */
  assignee_id: number | null;
  auto_delete: boolean;
  dns_ptr: ReverseNames;
}

export interface FloatingIpRecord extends Base, Protected {
  type: "ipv4" | "ipv6";
  ip: string;
  description: string;
  home_location: string;
  server: number | null;
  dns_ptr: ReverseNames;
}

export interface VolumeRecord extends Base, Protected {
  /** GB */
  size: number;
  format: string | null;
  location: string;
  server: number | null;
}

export interface PlacementGroupRecord extends Base {
  type: "spread";
}

/** A picture of a server. Its machine does not really come from it: it boots the lab's image. */
export interface SnapshotRecord extends Protected {
  id: number;
  name: null;
  created: string;
  labels: Labels;
  type: "snapshot" | "backup";
  status: "available";
  description: string;
  created_from: { id: number; name: string };
  bound_to: number | null;
  os_flavor: string;
  os_version: string;
  architecture: "x86" | "arm";
  disk_size: number;
  image_size: number;
  rapid_deploy: boolean;
  deprecated: null;
  deleted: null;
}

export interface Kinds {
  servers: ServerRecord;
  ssh_keys: SshKeyRecord;
  firewalls: FirewallRecord;
  networks: NetworkRecord;
  primary_ips: PrimaryIpRecord;
  floating_ips: FloatingIpRecord;
  volumes: VolumeRecord;
  placement_groups: PlacementGroupRecord;
  images: SnapshotRecord;
}
