import { DATA_FOLDER, MODULE } from "../aspects/options/data.ts";

/**
 * The functions of an apply script for NixOS, in POSIX sh, besides those of LIBRARY. A generation is named as its link
 * is: system-12-link. $work/former holds the one from before the apply.
 */
export const NIXOS_LIBRARY = `
profile=/nix/var/nix/profiles/system system=/run/current-system module=${MODULE} data=${DATA_FOLDER}
number() { name=\${1#system-}; printf '%s' "\${name%-link}"; }

room() { # file like /proc/meminfo: to evaluate NixOS, less than 1.5 GB are too few
  [ "$(awk '/^(MemTotal|SwapTotal):/ { sum += $2 } END { print sum }' "$1")" -lt 1500000 ] || return 0
  swap=\${2:-/var/lib/fleet.swap}
  if [ ! -e "$swap" ]; then
    ( umask 077; dd if=/dev/zero of="$swap.new" bs=1M count=1536 ) && mkswap "$swap.new" && mv "$swap.new" "$swap"
  fi
  swapon "$swap"
}
rebuild() { nixos-rebuild "$1" -I nixos-config="$module" 9>&-; }
evaluate() { room /proc/meminfo || :; rebuild dry-build; }
is_made() { # service: whether the running system was made from its data
  built=$system/etc/fleet/services/$1.json
  if [ -e "$data/$1.json" ]; then cmp -s "$data/$1.json" "$built"; else [ ! -e "$built" ]; fi ||
    { tail -n 20 "$work/switch.log"; return 1; }
}

invocation() { systemctl show -p InvocationID --value -- "$1"; }
note_invocations() { for unit; do echo "$unit $(invocation "$unit")"; done >"$work/invocations"; }
again() { # verb units: unless the switch has started them anew
  verb=$1; shift
  for unit; do
    shift
    if grep -qxF "$unit $(invocation "$unit")" "$work/invocations" || ! systemctl -q is-active -- "$unit"
    then set -- "$@" "$unit"; fi
  done
  [ $# -eq 0 ] || systemctl "$verb" -- "$@"
}

go_to() { # generation
  nix-env -p "$profile" --switch-generation "$(number "$1")" && "$profile/bin/switch-to-configuration" switch
}
go_back() { # numbers of the services that were switched: their old data lies there again where they failed
  former=$(cat "$work/former") failed=$(readlink "$profile") stay=
  [ "$failed" != "$former" ] || return 0
  for n; do if ok "$n"; then stay="$stay $n"; fi; done
  if [ -z "$stay" ] || ! rebuild switch; then
    for n in $stay; do
      fail "$n" 'undone with the services that failed beside it, because NixOS could not be built without them'
      "undo_$n"
    done
    said=$(go_to "$former" 2>&1) || for n; do
      ok "$n" || printf '%s\\n' "NixOS did not go back to $former, which is to be done by nixos-rebuild switch --rollback:" "$said" >>"$work/$n.log"
    done
  fi
  nix-env -p "$profile" --delete-generations "$(number "$failed")"
}
keep_two() { # generations: the one from before and the new one
  former=$(cat "$work/former") current=$(readlink "$profile")
  [ "$current" != "$former" ] || return 0
  set --
  for link in "$profile"-*-link; do
    case \${link##*/} in "$former" | "$current") ;; *) set -- "$@" "$(number "\${link##*/}")" ;; esac
  done
  [ $# -eq 0 ] || nix-env -p "$profile" --delete-generations "$@"
}
`.trim();
