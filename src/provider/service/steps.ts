import type { Check } from "../../model/bundle.ts";
import type { Shape } from "./types.ts";

/** One thing to do on a host. Steps are carried out by kind, in the order that apply-script.ts gives them. */
export type Step =
  /**
   * Changes that can cut the line to the host: it undoes them by itself when they are not confirmed over a new
   * connection.
   */
  | { do: "guard" }
  | { do: "install"; packages: string[] }
  | { do: "group"; name: string; system: boolean }
  | { do: "make-user"; name: string; system: boolean; home: string; shell: string; groups: string[] }
  /** Only what is wrong is named. */
  | { do: "correct-user"; name: string; home?: string; shell?: string; groups?: string[] }
  | { do: "directory"; path: string; mode: string; owner: string; group: string }
  | { do: "write"; path: string; content: string; mode: string; owner: string; group: string }
  /** A file that the host fetches by itself. */
  | { do: "fetch"; path: string; url: string; sha256: string; mode: string; owner: string; group: string }
  | { do: "attributes"; path: string; mode: string; owner: string; group: string }
  | { do: "remove"; path: string }
  | { do: "set-kernel"; key: string; value: string }
  | { do: "set-time-zone"; zone: string }
  /** A unit file that must be understood by systemd. */
  | { do: "verify"; path: string }
  | { do: "validate"; command: string }
  /** Stops and disables a unit, then removes its files. */
  | { do: "retire"; unit: string; wasEnabled: boolean; wasActive: boolean; paths: string[] }
  | { do: "reread-units" }
  | { do: "unmask" | "enable" | "disable"; unit: string }
  | { do: "stop"; unit: string }
  /** A unit that failed too often is not started again before it is reset. */
  | { do: "reset-failed"; unit: string }
  | { do: "restart"; unit: string; wasActive: boolean }
  /** Of a unit that is active. */
  | { do: "reload"; unit: string }
  /** Must be active at the end. */
  | { do: "expect-active"; unit: string; restarted: boolean }
  | { do: "records"; keeper: string; verb: "write" | "remove"; records: Shape["records"][string] }
  | { do: "check"; check: Check }
  /** On NixOS: builds and activates the system with this data of the service (none: without the service). */
  | { do: "switch"; service: string; data: string | undefined }
  | { do: "remove-directory"; path: string };

/** The plan of one service of a batch, with its number there. */
export interface Numbered {
  n: number;
  steps: readonly Step[];
}

/** The steps of some kinds, in order. */
export const only = <Kind extends Step["do"]>(
  steps: readonly Step[],
  ...kinds: Kind[]
): Extract<Step, { do: Kind }>[] =>
  steps.filter((step): step is Extract<Step, { do: Kind }> => (kinds as string[]).includes(step.do));
