/** A machine as the lab boots it. */
export interface MachineSpec {
  /** Unique in the lab; becomes the host name. */
  name: string;
  /** Public keys that may log in as root. */
  authorizedKeys: string[];
  /** cloud-init user data as the cloud was given it. */
  userData?: string;
  /** The address that the outside world knows it by. The machine carries it beside its lab address, for its neighbours in the lab. */
  publicAddress?: string;
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
  start(name: string): Promise<void>;
  stop(name: string): Promise<void>;
  remove(name: string): Promise<void>;
  list(): Promise<Machine[]>;
}
