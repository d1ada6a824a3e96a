/** What is done to a unit, in the order in which they stand here. */
export type Verb =
  | "unmask"
  | "unmask-runtime"
  | "disable-runtime"
  | "disable"
  | "mask"
  | "enable"
  | "stop"
  | "reset-failed"
  | "restart"
  | "reload";

/** How a unit was when it was looked at; "absent" when there was none of that name. */
export type UnitWas = "absent" | { enabled: boolean | string; active: boolean };

export type UnitsStep =
  | { do: "unit"; unit: string; verbs: Verb[]; was: UnitWas }
  /** A unit that leaves the bundle: what is done to it, and then to its files. */
  | { do: "retire"; unit: string; verbs: Verb[]; was: UnitWas; paths: string[]; remove: string[]; bringBack: string[] }
  /** A unit file that must be understood by systemd. */
  | { do: "verify"; path: string }
  | { do: "reread-units" }
  /** Must be active at the end. */
  | { do: "expect-active"; unit: string; restarted: boolean };
