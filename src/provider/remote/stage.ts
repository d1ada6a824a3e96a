/** Longest time that one try to fetch a file may take, in seconds. */
export const FETCH_SECONDS = 600;

/**
 * New files, in POSIX sh, on top of WALK. They are made under a name that nobody can guess, complete with owner and mode
 * before they take their place by rename.
 *
 * In a folder of root's alone a new file lies beside its place. In one that others may change, or that has an ACL to
 * inherit, it lies there in a folder of root's own, mode 0700: nobody gets at it, and its ".." stays what it is, because
 * a folder moves only by who may write to it. The file $staged says of each in two lines how it lies there, and its
 * path.
 */
export const STAGE = `
umask 022

stage() { # path mode owner group content
  local path="$1" mode="$2" owner="$3" group="$4" how id said
  begin near
  if [ "$how" = far ]; then ( nest && new_file && put "./$id" "$5" && own_here "$mode" "$owner:$group" ) || return 1
  else
    make_way "\${path%/*}" || return 1
    tight "$mode"
    put "\${path%/*}/.fleet-$id" "$5" || { umask 022; return 1; }
    umask 022
  fi
  note "$how"
}

stage_fetch() { # path mode owner group URL SHA-256
  local path="$1" mode="$2" owner="$3" group="$4" how id said
  command -v curl >/dev/null || { echo "there is no curl on this host: let the service declare its package"; return 1; }
  begin fetched
  if [ "$how" = far ]; then ( nest && new_file && fetch "./$id" "$5" "$6" && own_here "$mode" "$owner:$group" ) || return 1
  else
    make_way "\${path%/*}" || return 1
    umask 077
    fetch "\${path%/*}/.fleet-$id" "$5" "$6" || { umask 022; return 1; }
    umask 022
  fi
  note "$how"
}

begin() { # how it lies in a folder of root's alone. Sets $how and $id
  survey "$path"
  if rooted "\${path%/*}"; then how=$1; else how=far; fi
  read -r id </proc/sys/kernel/random/uuid
  case $how in far) note nested ;; *) note beside ;; esac
}

# Before it is begun, so that unstage finds it, and again when it is complete, so that place does
note() { printf '%s\\n' "$1 $id $mode $owner:$group" "$path" >>"$staged"; }

# printf is part of the shell: the text is never an argument of a process
put() { # file text
  { printf '%s' "$2" >"$1"; } 2>"$staged.said" || failed "$path" "$(cat -- "$staged.said")"
}

fetch() { # file URL SHA-256
  local sum
  said=$(curl -fsSL --retry 2 --retry-max-time 60 --connect-timeout 15 --max-time ${FETCH_SECONDS} -o "$1" -- "$2" 2>&1) ||
    { failed "$path" "$said"; return 1; }
  sum=$(sha256sum <"$1") || return 1
  [ "\${sum%% *}" = "$3" ] || { echo "the SHA-256 is \${sum%% *} instead of the declared $3"; return 1; }
}

tight() { # mode: new files have it at once, or less where it takes more than an umask
  local middle=\${1#??}
  case $1 in
    0[0246][0246][0246]) middle=\${middle%?}; umask 0$((7 - \${1%??}))$((7 - middle))$((7 - \${1#???})) ;;
    *) umask 077 ;;
  esac
}

nest() { # goes to a new folder of root's own, in the folder of $path
  reach "\${path%/*}" make || { echo "$why"; return 1; }
  said=$(mkdir -m 0700 -- "./.fleet-$id" 2>&1) || { failed "$path" "$said"; return 1; }
  into_nest
}

into_nest() {
  local seen_as
  seen_as=$(stat -c '%f %u %d:%i' -- "./.fleet-$id" 2>/dev/null) || return 1
  cd -P -- "./.fleet-$id" 2>/dev/null || return 1
  case $seen_as in 4[15]c0' 0 '*) ;; *) false ;; esac && [ "$seen_as" = "$(stat -c '%f %u %d:%i' -- .)" ] ||
    { echo "something keeps changing the folder of $path"; return 1; }
}

leave_nest() { cd -P .. && rmdir -- "./.fleet-$id" 2>/dev/null || :; }

# an empty file without an ACL, where new files would inherit one
new_file() {
  said=$(cp --attributes-only --preserve=mode -- "$staged" "./$id" 2>&1) || failed "$path" "$said"
}

own_here() { # mode owner:group. Owner first: its change takes set-user-ID bits away
  said=$(chown -h -- "$2" "./$id" 2>&1 && chmod -- "$1" "./$id" 2>&1) || failed "$path" "$said"
}

place() { # all that is staged; nothing when one of the places can't be taken
  local - IFS="$nl" how id mode owner path entries paths= owners= modes= new
  [ -s "$staged" ] || return 0
  set -f; entries=$(cat -- "$staged"); set -- $entries
  while [ $# -gt 0 ]; do paths=$paths$2$nl; shift 2; done
  survey $paths
  set -- $entries
  while [ $# -gt 0 ]; do
    entry "$1"; path=$2; shift 2
    case $how in near | fetched) ;; *) continue ;; esac
    rooted "\${path%/*}" || { echo "the folder of $path was given to somebody else meanwhile"; return 1; }
    if [ -d "$path" ] && [ ! -L "$path" ]; then failed "$path" 'Is a directory'; return 1; fi
    new=\${path%/*}/.fleet-$id
    [ "$owner" = root:root ] || owners=$owners$owner$nl$new$nl
    case $how$mode in near0[0246][0246][0246]) ;; *) modes=$modes$mode$nl$new$nl ;; esac
  done
  grouped chown $owners && grouped chmod $modes || return 1
  set -- $entries
  while [ $# -gt 0 ]; do
    entry "$1"; path=$2; shift 2
    case $how in
      near | fetched) said=$(mv -fT -- "\${path%/*}/.fleet-$id" "$path" 2>&1) || { failed "$path" "$said"; return 1; } ;;
      far) ( reach "\${path%/*}" || { echo "$why"; exit 1; }; into_nest && take_place ) || return 1 ;;
    esac
  done
  : >"$staged"
}

take_place() { # from the nest
  said=$(mv -fT -- "./$id" "../\${path##*/}" 2>&1) || { failed "$path" "$said"; return 1; }
  leave_nest
}

entry() { # line of $staged
  IFS=' '; set -- $1; IFS=$nl
  how=$1 id=$2 mode=$3 owner=$4
}

unstage() { # what is staged and did not take its place goes
  local - IFS="$nl" how id mode owner path files=
  [ -s "$staged" ] || return 0
  set -f; set -- $(cat -- "$staged")
  while [ $# -gt 0 ]; do
    entry "$1"; path=$2; shift 2
    case $how in beside | nested) survey "$path" ;; *) continue ;; esac
    if [ "$how" = beside ] && rooted "\${path%/*}"; then files=$files\${path%/*}/.fleet-$id$nl
    else ( reach "\${path%/*}" && clear_away ) || :; fi
  done
  [ -z "$files" ] || rm -f -- $files
  : >"$staged"
}

clear_away() { # in the folder of $path
  if [ "$how" = beside ]; then rm -f -- "./.fleet-$id"
  elif [ -d "./.fleet-$id" ] && into_nest; then rm -f -- "./$id"; leave_nest; fi
}
`.trim();
