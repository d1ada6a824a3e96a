/**
 * The functions that every apply script starts with, in POSIX sh. A service is known by its number in the batch; what
 * it says goes to $work/N.log, and once $work/N.failed exists it is left alone until its rollback. $started is when the
 * apply began.
 */
export const LIBRARY = `
LC_ALL=C DEBIAN_FRONTEND=noninteractive
export LC_ALL DEBIAN_FRONTEND
umask 022
cd /

# A change that is told to stop takes back what it has done.
stop() { # services
  trap '' TERM
  for n; do fail "$n" 'it was stopped before its end: by its time limit, or because the host shuts down'; done
  : >"$work/stopped"
}
ok() { [ ! -e "$work/$1.failed" ]; }
fail() { # service reason: only the first one counts
  ok "$1" && printf '%s\\n' "$2" >"$work/$1.failed"
}
run() { # service reason function: a step that fails with its first command that does
  ok "$1" || return 0
  staged=$work/$1.staged old=$work/old
  ( set -e; "$3" ) >>"$work/$1.log" 2>&1
  [ $? -eq 0 ] || fail "$1" "$2"
}

# What was made by this change alone is taken back with it.
made() { printf '%s\\n' "$2 $3" >>"$work/$1.made"; }
was_made() { [ -e "$work/$1.made" ] && grep -qxF "$2 $3" "$work/$1.made"; }
owns_none() { # account places
  account=$1; shift
  for place; do [ "$(stat -c %U -- "$place" 2>/dev/null)" != "$account" ] || return 1; done
}

verify() { # unit files: a program that is not there yet is not a fault of the file
  ! systemd-analyze verify --recursive-errors=no --man=no -- "$@" 2>&1 |
    grep -v -e ' is not executable: ' -e 'unrecognized option'
}

# service, seconds, what it is, function: tries until it succeeds, the time is over, or one of the service's units has
# failed for good
await() {
  ok "$1" || return 0
  end=$(($(date +%s) + $2)) pause=0.05
  until ( "$4" ) >"$work/$1.try" 2>&1; do
    if [ "$(date +%s)" -ge "$end" ]; then
      cat "$work/$1.try" >>"$work/$1.log"
      fail "$1" "health check failed for $2 s: $3"; return 0
    fi
    if dead "$1"; then
      cat "$work/$1.try" >>"$work/$1.log"
      fail "$1" "a unit failed before its health check passed: $3"; return 0
    fi
    [ ! -e "$work/stopped" ] || return 0
    sleep $pause
    case $pause in 0.05) pause=0.1 ;; 0.1) pause=0.2 ;; 0.2) pause=0.4 ;; *) pause=1 ;; esac
  done
}
dead() { eval "set -- \\$units_$1"; [ $# -gt 0 ] && systemctl is-failed --quiet -- "$@"; }

# service unit restarted, … with "systemctl show -p ActiveState,NRestarts" of the same units on stdin
expect_active() {
  while [ $# -ge 3 ]; do
    state=unknown restarts=0
    while IFS= read -r line && [ -n "$line" ]; do
      case $line in ActiveState=*) state=\${line#*=} ;; NRestarts=*) restarts=\${line#*=} ;; esac
    done
    case $state in active | reloading | refreshing) ;; *) fail "$1" "$2 is $state instead of active" ;; esac
    if [ "$3" = yes ] && [ "$restarts" -gt 0 ]
    then fail "$1" "$2 keeps crashing: systemd has restarted it $restarts times already"; fi
    shift 3
  done
}

journal() { # service units: the last lines of those that are not active, else of all
  n=$1; shift
  all=$* failing=
  for unit; do systemctl is-active --quiet -- "$unit" || failing="$failing $unit"; done
  set --
  for unit in \${failing:-$all}; do set -- "$@" -u "$unit"; done
  journalctl --sync
  # with --since, -n would count from the beginning
  journalctl -q --no-pager -o short --since "@$started" "$@" | tail -n 20 >"$work/$n.journal"
}
report() { # service
  if ok "$1"; then echo "#fleet:done $1"; return; fi
  echo "#fleet:reason $1"; base64 <"$work/$1.failed"
  if [ -s "$work/$1.log" ]; then echo "#fleet:log $1"; tail -n 20 "$work/$1.log" | base64; fi
  if [ -s "$work/$1.journal" ]; then echo "#fleet:journal $1"; base64 <"$work/$1.journal"; fi
}
`.trim();
