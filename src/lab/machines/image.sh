#!/bin/bash
# Builds the root file system of lab machines. Runs in a mount namespace of its own, so that an interrupted build leaves no
# mounts behind. Arguments: the target folder, and a folder with what the build needs:
#   mirror, suite, components, keyring   for debootstrap (keyring may be empty: debootstrap's own)
#   apt/                                 configuration, sources and keys for apt while building
#   packages, masked                     one name a line
#   dpkg.cfg, files/                     go into the image
# Announces each step by a line "step: …" on standard output.
set -euo pipefail
target=$1 given=$2
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin
in_target() { chroot "$target" env -u TMPDIR APT_CONFIG=/run/build/apt/apt.conf "$@"; }
read_list() { tr '\n' ' ' < "$given/$1"; }

echo "step: base system (debootstrap)"
install -D -m 0644 "$given/dpkg.cfg" "$target/etc/dpkg/dpkg.cfg.d/lab"
keyring=$(cat "$given/keyring")
debootstrap --variant=minbase --components="$(cat "$given/components")" ${keyring:+--keyring="$keyring"} \
  "$(cat "$given/suite")" "$target" $(cat "$given/mirror") > "$given/log" 2>&1 || { tail -n 20 "$given/log" >&2; exit 1; }

mount -t proc proc "$target/proc"
mount --rbind /dev "$target/dev"
mount -t tmpfs -o mode=0755 tmpfs "$target/run"
cp -r "$given" "$target/run/build"
chmod -R a+rX "$target/run/build"
cp -L /etc/resolv.conf /etc/hosts "$target/etc/"
printf '#!/bin/sh\nexit 101\n' > "$target/usr/sbin/policy-rc.d"
chmod 0755 "$target/usr/sbin/policy-rc.d"

echo "step: packages"
in_target apt-get -q update
in_target apt-get -q -y --no-install-recommends install $(read_list packages)

echo "step: settings"
rm -rf "$target"/etc/apt/sources.list* "$target"/var/lib/apt/lists/* "$target/usr/sbin/policy-rc.d" "$target/etc/resolv.conf" \
  "$target"/etc/ssh/ssh_host_* "$target"/usr/share/{doc,man,info,locale,lintian}/* "$target"/var/log/{apt,dpkg.log,bootstrap.log,alternatives.log} \
  "$target"/var/cache/{debconf/*-old,apt/*.bin}
cp -r "$given/files/." "$target/"
systemctl --quiet --root="$target" mask $(read_list masked)
systemctl --quiet --root="$target" enable ssh.service cron.service
: > "$target/etc/machine-id"
printf 'localhost\n' > "$target/etc/hostname"
printf '127.0.0.1 localhost\n::1 localhost ip6-localhost\n' > "$target/etc/hosts"
# What a machine sees at /srv/apt needs no "apt-get update" before it can be installed.
mkdir "$target/srv/apt"
ln -s /srv/apt/Packages "$target/var/lib/apt/lists/_srv_apt_._Packages"
# Nothing has to be brought up to date at the first boot.
touch -r "$target/usr" "$target/etc/.updated" "$target/var/.updated"
umount -R "$target/dev" "$target/run" "$target/proc"
