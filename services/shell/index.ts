import type { BundleInput } from "../../src/model/bundle.ts";
import type { HostContext } from "../../src/model/service.ts";
import { environment } from "../../src/render/systemd.ts";

/** Where a script of the fleet lies; it is POSIX sh, because NixOS has no other shell at a fixed place. */
export const scriptPath = (name: string): string => `/etc/fleet/${name}.sh`;

/** The file of a script. */
export const scriptFile = (name: string, text: string): BundleInput["files"] => ({
  [scriptPath(name)]: { content: text, mode: "0755" },
});

/** The keys of a unit that runs a script once. It finds programs where NixOS has them, and where the others do. */
export const scriptService = (name: string) => ({
  Type: "oneshot",
  ExecStart: `/bin/sh ${scriptPath(name)}`,
  Environment: environment({
    PATH: "/run/current-system/sw/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  }),
});

/** Packages that NixOS knows by other names than Debian. */
export const packagesOf = ({ os }: HostContext, names: { debian: string[]; nixos: string[] }): string[] =>
  os === "nixos" ? names.nixos : names.debian;
