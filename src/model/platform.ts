import { z } from "zod";

/** Operating systems by the way they are configured: packages and service manager. */
export const osSchema = z.enum(["debian", "ubuntu", "raspberry-pi-os", "fedora", "nixos", "macos"]);
export type Os = z.infer<typeof osSchema>;

/** Systems whose packages come from apt, under Debian's names. */
export const aptSystems = ["debian", "ubuntu", "raspberry-pi-os"] as const satisfies readonly Os[];

export const archSchema = z.enum(["amd64", "arm64"]);
export type Arch = z.infer<typeof archSchema>;

/** Debian's releases that a host may have, by their number. */
export const debianReleases = [12, 13] as const;
export const debianReleaseSchema = z.literal(
  debianReleases,
  `must be a release of Debian that fleet knows: ${debianReleases.join(" or ")}`,
);
export type DebianRelease = z.infer<typeof debianReleaseSchema>;

/** The release of a machine that nobody has named one for. */
export const DEFAULT_RELEASE: DebianRelease = 13;

/** The release that a cloud's name of an image speaks of: "debian-12", "debian-12-arm64-20260210-2381". */
export const releaseOfImage = (name: string | null | undefined): DebianRelease | undefined =>
  debianReleaseSchema.safeParse(Number(/^debian-(\d+)/.exec(name ?? "")?.[1])).data;
