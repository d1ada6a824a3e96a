import { z } from "zod";

/** Operating systems by the way they are configured: packages and service manager. */
export const osSchema = z.enum(["debian", "ubuntu", "raspberry-pi-os", "fedora", "nixos", "macos"]);
export type Os = z.infer<typeof osSchema>;

/** Systems whose packages come from apt, under Debian's names. */
export const aptSystems = ["debian", "ubuntu", "raspberry-pi-os"] as const satisfies readonly Os[];

export const archSchema = z.enum(["amd64", "arm64"]);
export type Arch = z.infer<typeof archSchema>;
