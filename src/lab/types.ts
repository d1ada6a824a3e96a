import type { DebianRelease } from "../model/platform.ts";
import type { SshMesh } from "./machines/ssh-config.ts";

/** A machine as the lab boots it. */
export interface MachineSpec {
  /** Unique in the lab; becomes the host name. */
  name: string;
  /** Public keys that may log in as root. */
  authorizedKeys: string[];
  /** cloud-init user data as the cloud was given it. */
  userData?: string;
  /**
   * The address that the outside world knows it by. The machine carries it beside its lab address, for its neighbours
   * in the lab.
   */
  publicAddress?: string;
  /** What it passes for; Debian when left out. "nixos" boots it with the stand-ins for NixOS' tools. */
  system?: "nixos";
  /**
   * The release of Debian that it boots, where the lab has machines of it; else, and when left out, the one that the
   * lab's machines have for lack of another.
   */
  release?: DebianRelease;
}

export interface Machine {
  name: string;
  /** Reachable from the machine that runs the lab, and from the lab's other machines. */
  address: string;
  running: boolean;
}

/** What the local clouds may ask of the lab: machines that really boot, stop and vanish. Every call is idempotent. */
export interface Machines {
  /** Reserves an address and a disk; does not boot. */
  create(spec: MachineSpec): Promise<Machine>;
  /** Boots it, and returns when its sshd answers. */
  start(name: string): Promise<void>;
  stop(name: string): Promise<void>;
  remove(name: string): Promise<void>;
  /** Gives it another public address, also while it runs; none takes it away. */
  setPublicAddress(name: string, address: string | undefined): Promise<void>;
  list(): Promise<Machine[]>;
}

/** A cloud server that is there before the first `up`, as it is in the world: to be found and adopted. */
export interface AdoptedServer {
  name: string;
  /** The vendor's name of its size, such as "cx43". */
  type: string;
  location: string;
  image?: string;
  publicAddress: string;
  labels?: Record<string, string>;
  authorizedKeys?: string[];
}

/** A droplet that is there before the first `up`. */
export interface AdoptedDroplet {
  name: string;
  /** The vendor's name of its size, such as "s-1vcpu-1gb". */
  size: string;
  region: string;
  image?: string;
  publicAddress?: string;
  tags?: string[];
  authorizedKeys?: string[];
}

/** What a stack needs of its lab before the first `up`: plain data that the stack's model is turned into. */
export interface LabSpec {
  stack: string;
  /**
   * The releases of Debian that its machines have, and which packages may be installed on each besides what every
   * machine has. Left out: the usual release, and nothing.
   */
  packages?: Partial<Record<DebianRelease, string[]>>;
  /** Machines that no cloud owns. */
  staticHosts: MachineSpec[];
  adoptedServers: AdoptedServer[];
  /**
   * DNS zones that are registered already, in the lab's account unless they name another. `id` is 32 hexadecimal
   * digits.
   */
  zones: { id: string; name: string; accountId?: string }[];
  /** The Cloudflare account, 32 hexadecimal digits. */
  accountId: string;
  /** Whether it has anything at AWS. Left out: nothing is started for it. */
  aws?: boolean;
  /** What it has at DigitalOcean. Left out: nothing is started for it. */
  digitalocean?: { adoptedDroplets: AdoptedDroplet[] };
  /**
   * Its tailnet: the DNS name, the person who owns it, and the addresses that devices of some names are to have. Left
   * out: nothing is started for it.
   */
  tailnet?: { name: string; owner: string; addresses?: Record<string, string> };
  /** The fleet's mesh: where machines are to be reached that listen nowhere else. */
  mesh?: SshMesh;
}

/** How to reach a running lab, as `fleet lab status --json` prints it. */
export interface LabStatus {
  /**
   * Empty while the lab is down. `url` is what the official client's endpoint setting takes; at AWS `token` is both
   * parts of the access key.
   */
  clouds: Record<string, { url: string; token: string }>;
  hosts: { name: string; address: string; port: number; user: string; running: boolean }[];
  /** `ssh -F` takes it. */
  sshConfig: string;
}

/** What can be done to a machine by hand, to see what the fleet makes of it. */
export type MachineAction = "start" | "stop" | "pause" | "resume" | "swap-host-key";
