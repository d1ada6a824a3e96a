import type { Bundle } from "./bundle.ts";
import type { FleetParts } from "./fleet-parts.ts";
import type { Host } from "./host.ts";
import type { Probe } from "./probe.ts";
import type { Service } from "./service.ts";

/** Something that is wrong between parts of a fleet. */
export interface Finding {
  /** The rule's name. */
  rule: string;
  /** Every file that takes part, the one to change first. */
  files: string[];
  message: string;
  remedy: string;
}

/** One service on one host, rendered. */
export interface Placed {
  host: Host;
  service: Service;
  /** "ghost-01/nginx". */
  label: string;
  file: string;
  /** Neither the service nor its host is only planned. */
  active: boolean;
  /** Undefined when the render failed: the rule `render` says why. */
  bundle: Bundle | undefined;
  probes: Probe[];
  failure?: unknown;
}

/** A fleet as rules and policies look at it: everything rendered once, everything with its file. */
export interface FleetView {
  fleet: FleetParts;
  placed: Placed[];
  fileOf: {
    host: (host: Host) => string;
    zone: (name: string) => string;
    edge: string;
    secrets: string;
    fleet: string;
  };
}

/** Files without repetition, in order. */
export const filesOf = (...files: string[]): string[] => [...new Set(files)];
