import { copyFile, cp, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { run } from "../run.ts";

const HERE = "/usr/lib/nixos-stand-in";
const PROFILES = "/nix/var/nix/profiles";
const CHANNEL = `${PROFILES}/per-user/root/channels/nixos`;
/** What the image comes with: a first generation, with nothing of the owner's in it. */
const FIRST = "/nix/store/00000000000000000000000000000000-nixos-system";
const commands = ["nixos-rebuild", "nix-env", "nix-collect-garbage", "nixos-version"];

const files: Record<string, string> = {
  "/etc/os-release":
    'ID=nixos\nID_LIKE=debian\nNAME=NixOS\nVERSION_ID="25.05"\nPRETTY_NAME="NixOS 25.05 (stand-in on Debian)"\n',
  // As on the vendor's machine image.
  "/etc/nixos/configuration.nix":
    '{ modulesPath, ... }:\n{\n  imports = [ "${modulesPath}/virtualisation/amazon-image.nix" ];\n}\n',
  [`${FIRST}/config.json`]: JSON.stringify({
    etc: {},
    units: {},
    dropIns: [],
    packages: [],
    users: {},
    groups: {},
    sysctl: {},
    timeZone: null,
  }),
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
ExecStart=/bin/sh -c 'ln -sfn "$(readlink -f /nix/var/nix/profiles/system)" /run/current-system'
`,
};

/**
 * Makes a machine's disk pass for NixOS: its commands, as stand-ins that evaluate with the real Nix, its machine-wide
 * paths, and no bash where NixOS has none.
 * @param upper what the disk holds over the image
 */
export async function seedNixos(upper: string, image: string): Promise<void> {
  const at = (path: string) => join(upper, path);
  const inFolder = async (path: string) => {
    await mkdir(dirname(at(path)), { recursive: true });
    return at(path);
  };
  for (const [path, text] of Object.entries(files)) await writeFile(await inFolder(path), text);
  await cp(join(import.meta.dirname, "tools"), at(HERE), {
    recursive: true,
    filter: (path) => !path.includes("__pycache__"),
  });
  await cp(join(import.meta.dirname, "nixpkgs"), at(join(HERE, "nixpkgs")), { recursive: true });
  const links = {
    "/etc/systemd/system/sysinit.target.wants/nixos-stand-in.service": "../nixos-stand-in.service",
    [CHANNEL]: `${HERE}/nixpkgs`,
    [`${PROFILES}/system-1-link`]: FIRST,
    [`${PROFILES}/system`]: "system-1-link",
    [`${FIRST}/sw/bin`]: `${HERE}/bin`,
    [`${FIRST}/bin/switch-to-configuration`]: `${HERE}/main.py`,
    ...Object.fromEntries(commands.map((name) => [`${HERE}/bin/${name}`, "../main.py"])),
  };
  for (const [path, target] of Object.entries(links)) await symlink(target, await inFolder(path));
  await hideBash(at, image);
}

/** bash is on everybody's path, but no script finds it at /bin/bash. */
async function hideBash(at: (path: string) => string, image: string): Promise<void> {
  await copyFile(join(image, "usr/bin/bash"), at(join(HERE, "bin/bash")));
  await mkdir(at("/usr/bin"), { recursive: true });
  // What overlayfs takes for "deleted".
  await run("mknod", [at("/usr/bin/bash"), "c", "0", "0"]);
  const accounts = await readFile(join(image, "etc/passwd"), "utf8");
  await writeFile(at("/etc/passwd"), accounts.replace(/^(root:.*:)\/bin\/bash$/m, "$1/run/current-system/sw/bin/bash"));
}
