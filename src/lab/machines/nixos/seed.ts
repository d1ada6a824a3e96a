import { copyFile, cp, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../run.ts";

const HERE = "/usr/lib/nixos-stand-in";
const CHANNEL = "/nix/var/nix/profiles/per-user/root/channels/nixos";

const files: Record<string, string> = {
  "/etc/os-release": 'ID=nixos\nNAME=NixOS\nVERSION_ID="25.05"\nPRETTY_NAME="NixOS 25.05 (stand-in on Debian)"\n',
  // As on the vendor's machine image.
  "/etc/nixos/configuration.nix": '{ modulesPath, ... }:\n{\n  imports = [ "${modulesPath}/virtualisation/amazon-image.nix" ];\n}\n',
  // For whoever comes by ssh, through PAM.
  "/etc/environment": [
    "PATH=/run/current-system/sw/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    `NIX_PATH=nixpkgs=${CHANNEL}:nixos-config=/etc/nixos/configuration.nix:/nix/var/nix/profiles/per-user/root/channels`,
    "",
  ].join("\n"),
  "/etc/systemd/system/nixos-stand-in.service": `[Unit]
Description=Stand-in for NixOS' activation at boot
DefaultDependencies=no
After=local-fs.target
Before=sysinit.target ssh.service cloud-init-local.service
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=${HERE}/first-boot
ExecStart=/bin/sh -c 'ln -sfn "$(readlink -f /nix/var/nix/profiles/system)" /run/current-system'
`,
};

/**
 * Makes a machine's disk pass for NixOS: its commands, as stand-ins that evaluate with the real Nix, its machine-wide paths, and no bash
 * where NixOS has none.
 * @param upper what the disk holds over the image
 */
export async function seedNixos(upper: string, image: string): Promise<void> {
  const at = (path: string) => join(upper, path);
  const folder = async (path: string) => void (await mkdir(at(path), { recursive: true }));
  for (const path of ["/etc/nixos", "/etc/systemd/system/sysinit.target.wants", "/nix/store", join(CHANNEL, ".."), "/usr/bin", HERE]) await folder(path);
  for (const [path, text] of Object.entries(files)) await writeFile(at(path), text);
  await symlink("../nixos-stand-in.service", at("/etc/systemd/system/sysinit.target.wants/nixos-stand-in.service"));
  await cp(join(import.meta.dirname, "tools"), at(HERE), { recursive: true, filter: (path) => !path.includes("__pycache__") });
  await cp(join(import.meta.dirname, "nixpkgs"), at(join(HERE, "nixpkgs")), { recursive: true });
  await symlink("main.py", at(join(HERE, "first-boot")));
  await symlink(join(HERE, "nixpkgs"), at(CHANNEL));
  await hideBash(at, image);
}

/** bash is on everybody's path, but no script finds it at /bin/bash. */
async function hideBash(at: (path: string) => string, image: string): Promise<void> {
  await copyFile(join(image, "usr/bin/bash"), at(join(HERE, "bash")));
  // What overlayfs takes for "deleted".
  await run("mknod", [at("/usr/bin/bash"), "c", "0", "0"]);
  const accounts = await readFile(join(image, "etc/passwd"), "utf8");
  await writeFile(at("/etc/passwd"), accounts.replace(/^(root:.*:)\/bin\/bash$/m, "$1/run/current-system/sw/bin/bash"));
}
