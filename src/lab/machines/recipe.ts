import { createHash } from "node:crypto";
import { podmanFiles } from "./podman.ts";

/**
 * What the image of every lab machine is made of, as data. The image is built again when anything here changes, so
 * whatever decides what is in it belongs into this file.
 */
export const recipe = {
  /** Installed on every machine, as a rented server or a Raspberry Pi would have them. */
  packages: [
    "systemd",
    "systemd-sysv",
    "dbus",
    "openssh-server",
    "cloud-init",
    "cron",
    "rsync",
    "curl",
    "ca-certificates",
    "openssl",
    "iproute2",
    "iputils-ping",
    "netbase",
    "procps",
    "sudo",
    "tzdata",
    "python3-minimal",
    "sqlite3",
    "wireguard-tools",
    "wireguard-go",
    "nftables",
    // the evaluator behind the stand-in for nixos-rebuild
    "nix-bin",
  ],
  /** Never unpacked: nobody reads manuals on a lab machine, and a smaller image boots faster. */
  leftOut: ["/usr/share/doc/*", "/usr/share/man/*", "/usr/share/info/*", "/usr/share/locale/*", "/usr/share/lintian/*"],
  /** Background work that only costs time in a lab. */
  masked: [
    "apt-daily.timer",
    "apt-daily-upgrade.timer",
    "dpkg-db-backup.timer",
    "e2scrub_all.timer",
    "e2scrub_reap.service",
    "fstrim.timer",
    "dev-hugepages.mount",
    "console-getty.service",
    "systemd-networkd-wait-online.service",
  ],
  files: {
    // Where a machine sees what its fleet installs.
    "/etc/apt/sources.list": "deb [trusted=yes] file:/srv/apt ./\n",
    "/etc/apt/apt.conf.d/10-lab": 'Acquire::Languages "none";\n',
    "/etc/ssh/sshd_config.d/10-lab.conf": [
      "# Root logs in by key only, as on a rented server.",
      "PermitRootLogin prohibit-password",
      "PasswordAuthentication no",
      "HostKey /etc/ssh/ssh_host_ed25519_key",
      "MaxStartups 100",
      "UseDNS no",
      "",
    ].join("\n"),
    "/etc/systemd/journald.conf.d/10-lab.conf": "[Journal]\nStorage=volatile\nRuntimeMaxUse=32M\n",
    "/etc/cloud/cloud.cfg.d/90-lab.cfg": [
      "# Seeds lie in /var/lib/cloud/seed/nocloud; nothing is looked for on the network.",
      "datasource_list: [NoCloud, None]",
      "network: {config: disabled}",
      "disable_root: false",
      "users: []",
      "locale: false",
      "ssh_genkeytypes: [ed25519]",
      "",
    ].join("\n"),
    ...podmanFiles,
  },
} as const;

export type Recipe = typeof recipe;

/**
 * Twelve hexadecimal digits that change whenever the image would. `from` is how it is built and where packages come
 * from.
 */
export const recipeHash = (of: Recipe, from: unknown): string =>
  createHash("sha256")
    .update(JSON.stringify([of, from]))
    .digest("hex")
    .slice(0, 12);
