import type { Image } from "../catalogue/images.ts";

/** What the store holds of each kind. A link between two things is kept on one side only; views work out the other. */
export interface BackupPolicy {
  plan: "daily" | "weekly";
  weekday?: string | undefined;
  hour?: number | undefined;
}

export interface DropletRecord {
  id: number;
  name: string;
  /** ISO 8601 */
  created_at: string;
  /** archive: on its way out. */
  status: "new" | "active" | "off" | "archive";
  size: string;
  /** GB; stays smaller than that of its size after a resize without its disk. */
  disk: number;
  image: number;
  region: string;
  vpc_uuid: string;
  /** null without public networking. */
  public_ip: string | null;
  private_ip: string;
  ipv6: string | null;
  monitoring: boolean;
  agent: boolean;
  backups: BackupPolicy | null;
  tags: string[];
  /** Its name in the lab, which stays when the droplet is renamed. */
  machine: string;
  authorized_keys: string[];
  user_data: string | null;
}

export interface SshKeyRecord {
  id: number;
  name: string;
  fingerprint: string;
  public_key: string;
}

export interface RuleTarget {
  addresses?: string[] | undefined;
  droplet_ids?: number[] | undefined;
  load_balancer_uids?: string[] | undefined;
  kubernetes_ids?: string[] | undefined;
  tags?: string[] | undefined;
}

export interface InboundRule {
  protocol: "tcp" | "udp" | "icmp";
  ports: string;
  sources: RuleTarget;
}

export interface OutboundRule extends Omit<InboundRule, "sources"> {
  destinations: RuleTarget;
}

export interface FirewallRecord {
  id: string;
  name: string;
  created_at: string;
  inbound_rules: InboundRule[];
  outbound_rules: OutboundRule[];
  droplet_ids: number[];
  tags: string[];
}

export interface VpcRecord {
  id: string;
  name: string;
  description: string;
  region: string;
  ip_range: string;
  default: boolean;
  created_at: string;
}

export interface ReservedIpRecord {
  ip: string;
  region: string;
  droplet: number | null;
}

export interface VolumeRecord {
  id: string;
  name: string;
  description: string;
  size_gigabytes: number;
  region: string;
  filesystem_type: string;
  filesystem_label: string;
  droplet: number | null;
  tags: string[];
  created_at: string;
}

export interface VolumeSnapshotRecord {
  id: string;
  name: string;
  created_at: string;
  regions: string[];
  min_disk_size: number;
  size_gigabytes: number;
  /** The volume's id. */
  resource_id: string;
  tags: string[];
}

/** A picture of a droplet. Its machine does not really come from it: it boots the lab's image of the same release. */
export interface PrivateImage extends Image {
  droplet: number;
  /** The slug of the public image that it goes back to. */
  base: string | null;
}

export interface ProjectRecord {
  id: string;
  name: string;
  description: string;
  purpose: string;
  environment: string;
  is_default: boolean;
  created_at: string;
  updated_at: string;
}

/** What somebody has put into a project; everything else is in the default one. */
export interface AssignmentRecord {
  urn: string;
  project: string;
  assigned_at: string;
}

export interface DomainRecord {
  name: string;
  ttl: number;
}

export interface DnsRecord {
  id: number;
  domain: string;
  type: string;
  name: string;
  data: string;
  priority: number | null;
  port: number | null;
  ttl: number;
  weight: number | null;
  flags: number | null;
  tag: string | null;
}

export interface Kinds {
  droplets: DropletRecord;
  ssh_keys: SshKeyRecord;
  /** By their names in small letters: those are what is unique. */
  tags: { name: string };
  firewalls: FirewallRecord;
  vpcs: VpcRecord;
  reserved_ips: ReservedIpRecord;
  volumes: VolumeRecord;
  volume_snapshots: VolumeSnapshotRecord;
  images: PrivateImage;
  projects: ProjectRecord;
  assignments: AssignmentRecord;
  domains: DomainRecord;
  dns_records: DnsRecord;
}
