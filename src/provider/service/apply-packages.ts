import { only, type Numbered } from "./steps.ts";
import { quote, quoteAll } from "../remote/sh.ts";

/**
 * Debian's packages start their units as soon as they are installed, with whatever configuration they bring.
 * policy-rc.d forbids it while the apply that wrote it holds the lock, so that a unit's first start is with the files
 * that are declared; one that was left behind by a killed apply forbids nothing, and goes with the next apply. Units
 * that no service declares start afterwards.
 */
export const PACKAGES_LIBRARY = `
policy=/usr/sbin/policy-rc.d
hold_units() { # an administrator's own policy stays in force
  if [ -e "$policy" ] || ! command -v apt-get >/dev/null; then return; fi
  cat >"$policy.fleet-new" <<END
#!/bin/sh
# Made by fleet while it installs packages.
case " \\$* " in *" stop "*) exit 0 ;; esac
flock -n -s /run/fleet.lock true && exit 0
echo "\\$1 \\$2" >>"$work/held"
exit 101
END
  chmod 0755 "$policy.fleet-new"
  mv -f "$policy.fleet-new" "$policy"
}
release_units() {
  if [ -e "$policy" ] && grep -q '^# Made by fleet' "$policy"; then rm -f "$policy"; fi
}
start_held() { # declared units
  [ -e "$work/held" ] || return 0
  sort -u "$work/held" | while read -r unit action; do
    case $unit in *.*) ;; *) unit=$unit.service ;; esac
    for declared; do [ "$unit" != "$declared" ] || continue 2; done
    case $(systemctl is-enabled -- "$unit") in enabled*) systemctl "$action" -- "$unit" ;; esac
  done
}
`.trim();

/**
 * install_packages and refresh_packages: the distribution's own tool, told to wait for others that use it and to ask
 * nobody.
 */
export const INSTALL_LIBRARY = `
install_packages() {
  if command -v apt-get >/dev/null; then
    apt-get install -y -q --no-install-recommends \\
      -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confold -- "$@" 9>&-
  else dnf install -y -q --setopt=install_weak_deps=False "$@" 9>&-; fi
}
refresh_packages() {
  if command -v apt-get >/dev/null
  then apt-get update -q -o DPkg::Lock::Timeout=300 9>&-
  else dnf makecache -q 9>&-; fi
}
`.trim();

/** All packages in one run; when that fails, each service's own, to tell whose fault it is. */
export function installPart(plans: Numbered[]): string[] {
  const wanted = plans.flatMap(({ n, steps }) => only(steps, "install").map(({ packages }) => ({ n, packages })));
  if (wanted.length === 0) return [];
  const all = quoteAll([...new Set(wanted.flatMap(({ packages }) => packages))]);
  return [
    "hold_units",
    `install_packages ${all} || { refresh_packages; install_packages ${all}; } || {`,
    ...wanted.flatMap(({ n, packages }) => [
      `install_${n}() { install_packages ${quoteAll(packages)}; }`,
      `run ${n} ${quote(`packages could not be installed: ${packages.join(", ")}`)} install_${n}`,
    ]),
    "}",
    "release_units",
  ];
}

/** Comes when all files are there, and before the declared units are started. */
export function heldPart(plans: Numbered[]): string[] {
  if (plans.every(({ steps }) => only(steps, "install").length === 0)) return [];
  const declared = plans.flatMap(({ steps }) => steps.flatMap((step) => ("unit" in step ? [step.unit] : [])));
  return [`start_held ${quoteAll([...new Set(declared)])}`];
}
