import type { Os } from "../aspects/shape.ts";
import { inPlace } from "./in-place.ts";
import { nixos } from "./nixos.ts";
import type { System } from "./system.ts";

/** What a host's system is like; nothing for systems that are changed in place. */
export const systemOf = (os: Os | undefined): System => (os === "nixos" ? nixos : inPlace);
