import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { withLock } from "../../../setup/lock.mjs";
import type { Progress } from "../../../setup/progress.mjs";
import { keyOf } from "../../../setup/tool.ts";
import { run } from "../../machines/run.ts";
import { AUTHORITY, CONTROL_ADDRESS, CONTROL_NAME } from "./place.ts";
import { ensurePrograms, programFolder, TAILNET, TAILSCALE_VERSION, TAILSCALED } from "./programs.ts";

/**
 * A Debian package that stands in for the vendor's, which no mirror of Debian has: the same program, unit and paths. It
 * lets the machine find the lab's tailnet where it looks for the vendor's.
 * @returns its file
 * @throws Error when its programs can't be built
 */
export async function ensureTailscalePackage({
  progress,
  signal = new AbortController().signal,
}: {
  progress: Progress;
  signal?: AbortSignal;
}): Promise<string> {
  const programs = await ensurePrograms({ progress, signal });
  return withLock(join(programFolder, "package.lock"), async () => {
    await run(TAILNET, ["-make-authority", "-authority", AUTHORITY]);
    // Repositories are known by the names of their packages: with another authority it is another package.
    const key = await keyOf([programs], [CERTIFICATE, import.meta.filename]);
    const architecture = (await run("dpkg", ["--print-architecture"])).trim();
    const version = `${TAILSCALE_VERSION}+lab${key.slice(0, 8)}`;
    const file = join(programFolder, `tailscale_${version}_${architecture}.deb`);
    if (existsSync(file)) return file;
    const work = await mkdtemp(join(programFolder, "part-"));
    try {
      await fill(join(work, "tree"), version, architecture);
      await run("dpkg-deb", ["--root-owner-group", "-Znone", "--build", join(work, "tree"), join(work, "deb")]);
      await rename(join(work, "deb"), file);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
    return file;
  });
}

const CERTIFICATE = join(AUTHORITY, "authority.pem");

async function fill(tree: string, version: string, architecture: string): Promise<void> {
  const texts: Record<string, [text: string, mode?: number]> = {
    "DEBIAN/control": [control(version, architecture)],
    "DEBIAN/conffiles": ["/etc/default/tailscaled\n"],
    "DEBIAN/postinst": [POSTINST, 0o755],
    "DEBIAN/prerm": [PRERM, 0o755],
    "etc/default/tailscaled": ['PORT="41641"\nFLAGS=""\n'],
    "etc/ssl/certs/fleet-lab-tailnet.pem": [await readFile(CERTIFICATE, "utf8")],
    "usr/lib/systemd/system/tailscaled.service": [UNIT],
  };
  for (const [path, [text, mode = 0o644]] of Object.entries(texts)) {
    await mkdir(join(tree, dirname(path)), { recursive: true });
    await writeFile(join(tree, path), text, { mode });
  }
  for (const folder of ["usr/bin", "usr/sbin"]) await mkdir(join(tree, folder), { recursive: true });
  await copyFile(TAILSCALED, join(tree, "usr/sbin/tailscaled"));
  await symlink("../sbin/tailscaled", join(tree, "usr/bin/tailscale"));
}

const control = (version: string, architecture: string): string => `Package: tailscale
Version: ${version}
Architecture: ${architecture}
Maintainer: fleet lab <lab@fleet.invalid>
Section: net
Priority: optional
Description: STAND-IN for Tailscale's own package, for lab machines only
 Tailscale ${TAILSCALE_VERSION} itself, built from its Go modules without the parts that a server
 has no use for. Machines with it find the lab's tailnet and no other.
`;

/** The vendor's unit, as far as the lab has what it speaks of. */
const UNIT = `[Unit]
Description=Tailscale node agent
Documentation=https://tailscale.com/docs/
Wants=network-pre.target
After=network-pre.target NetworkManager.service systemd-resolved.service

[Service]
EnvironmentFile=/etc/default/tailscaled
ExecStart=/usr/sbin/tailscaled --state=/var/lib/tailscale/tailscaled.state --socket=/run/tailscale/tailscaled.sock --port=\${PORT} $FLAGS
ExecStopPost=/usr/sbin/tailscaled --cleanup
Restart=on-failure
RuntimeDirectory=tailscale
RuntimeDirectoryMode=0755
StateDirectory=tailscale
StateDirectoryMode=0700
CacheDirectory=tailscale
CacheDirectoryMode=0750
Type=notify

[Install]
WantedBy=multi-user.target
`;

const HOSTS_LINE = `${CONTROL_ADDRESS} ${CONTROL_NAME}`;

const POSTINST = `#!/bin/sh
set -e
grep -qxF '${HOSTS_LINE}' /etc/hosts || echo '${HOSTS_LINE}' >>/etc/hosts
if [ "$1" = configure ]; then
  systemctl daemon-reload
  systemctl enable --quiet tailscaled.service
  systemctl restart tailscaled.service
fi
`;

const PRERM = `#!/bin/sh
set -e
if [ "$1" = remove ]; then
  systemctl disable --quiet --now tailscaled.service
  sed -i '/${CONTROL_NAME}$/d' /etc/hosts
fi
`;
