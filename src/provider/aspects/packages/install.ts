import { fn, quote, quoteAll } from "../../remote/sh.ts";

/**
 * Debian's packages start their units as soon as they are installed, with whatever configuration they bring.
 * policy-rc.d forbids it while the apply that wrote it holds the lock, so that a unit's first start is with the files
 * that are declared; one that was left behind by a killed apply forbids nothing, and goes with the next apply. Units
 * that no service declares start afterwards.
 */
export const HOLD_LIBRARY = `
policy=/usr/sbin/policy-rc.d
hold_units() { # an administrator's own policy stays in force
  if [ -e "$policy" ] || ! command -v apt-get >/dev/null; then return; fi
  cat >"$policy.fleet-new" <<END
#!/bin/sh
# Made by fleet while it installs packages.
case " \\$* " in *" stop "*) exit 0 ;; esac
flock -n -s "$fleet/lock" true && exit 0
echo "\\$1 \\$2" >>"$work/held"
exit 101
END
  chmod 0755 "$policy.fleet-new"
  mv -f "$policy.fleet-new" "$policy"
}
release_units() {
  if [ -e "$policy" ] && grep -q '^# Made by fleet' "$policy"; then rm -f "$policy"; fi
}
trap release_units EXIT
release_units
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
 * A package that has lost files counts as installed, and is not mended by installing it again. Packages of one source
 * belong together, as nginx and nginx-common do; documentation may be left out on purpose.
 */
export const LOST_LIBRARY = `
name_lost() { # packages
  command -v dpkg >/dev/null || return 0
  sources=" $(dpkg-query -W -f '\${source:Package} ' -- "$@") "
  dpkg-query -W -f '\${source:Package} \${db:Status-Status} \${Package}\\n' | while read -r source state name; do
    case $state$sources in installed*" $source "*) ;; *) continue ;; esac
    lost=$(dpkg --verify "$name" | sed -n 's,^missing *[a-z]* *\\(/etc/.*\\|/usr/bin/.*\\|/usr/sbin/.*\\|/usr/lib/.*\\)$,\\1,p' | head -n 3)
    [ -z "$lost" ] || echo "files of the package $name are gone, such as" $lost"; bring them back with:" \\
      "apt-get install --reinstall -o Dpkg::Options::=--force-confmiss $name"
  done
}
`.trim();

/**
 * install_packages and refresh_packages: the distribution's own tool, told to wait for others that use it and to ask
 * nobody. exact_packages refuses names that apt would take for a pattern, or for what only other packages provide: they
 * could never be seen installed.
 */
export const INSTALL_LIBRARY = `
exact_packages() {
  command -v apt-get >/dev/null || return 0
  known=" $(apt-cache show --no-all-versions -- "$@" 2>/dev/null | sed -n 's/^Package: //p' | tr '\\n' ' ')"
  for name; do
    case $known in *" $name "*) continue ;; esac
    providers=$(apt-cache showpkg -- "$name" 2>/dev/null | sed '1,/^Reverse Provides:/d' | cut -d ' ' -f 1 | sort -u | tr '\\n' ' ')
    if [ -n "$providers" ]; then echo "no package is called $name; these provide it, declare one of them: $providers"
    else echo "no package is called $name"; fi
    return 1
  done
}
install_packages() {
  if command -v apt-get >/dev/null; then
    exact_packages "$@" && apt-get install -y -q --no-install-recommends \\
      -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confold -- "$@" 9>&-
  else dnf install -y -q --setopt=install_weak_deps=False "$@" 9>&-; fi
}
refresh_packages() {
  if command -v apt-get >/dev/null
  then apt-get update -q -o DPkg::Lock::Timeout=300 9>&-
  else dnf makecache -q 9>&-; fi
}
`.trim();

/**
 * All packages in one run; when that fails, each service's own, to tell whose fault it is.
 *
 * @param declared the units that wait for their files, and are started later
 */
export function installPart(wanted: { n: number; packages: string[] }[], declared: readonly string[]): string[] {
  if (wanted.length === 0) return [];
  const all = quoteAll([...new Set(wanted.flatMap(({ packages }) => packages))]);
  return [
    INSTALL_LIBRARY,
    "hold_units",
    `install_packages ${all} || { refresh_packages; install_packages ${all}; } || {`,
    ...wanted.flatMap(({ n, packages }) => [
      ...fn(`install_${n}`, [`install_packages ${quoteAll(packages)}`]),
      `run ${n} ${quote(`packages could not be installed: ${packages.join(", ")}`)} install_${n}`,
    ]),
    "}",
    "release_units",
    ...fn("held", [`start_held ${quoteAll([...new Set(declared)])}`]),
  ];
}

/** Comes when all files are there, and before the declared units are started. */
export const heldPart = (isInstalling: boolean): string[] => (isInstalling ? ["held"] : []);
