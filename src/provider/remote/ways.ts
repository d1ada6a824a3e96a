/**
 * Folders that were made only because something had to lie in them, in POSIX sh, on top of WALK. They are noted in
 * $fleet/ways, one path a line, and go when the last of what lay in them goes. One that a service declares is its own.
 */
export const WAYS = `
way_made() { printf '%s\\n' "$1" >>"$fleet/ways"; }

make_way() { # folder of root's alone: makes it, and all on its way
  local IFS="$nl" folder="$1" missing= said
  [ ! -d "\${1:-/}" ] || return 0
  until [ -e "\${folder:-/}" ]; do missing=$folder$nl$missing folder=\${folder%/*}; done
  said=$(mkdir -p -- "$1" 2>&1) || { failed "$1" "$said"; return 1; }
  way_made "\${missing%"$nl"}"
  made_now "$1/."
}

is_way() { # path
  [ -s "$fleet/ways" ] && case "$nl$(cat -- "$fleet/ways")$nl" in *"$nl$1$nl"*) ;; *) false ;; esac
}

no_way() { # path: it is declared, or gone
  is_way "$1" || return 0
  grep -vxF -e "$1" -- "$fleet/ways" >"$fleet/ways.new" || { rm -f -- "$fleet/ways" "$fleet/ways.new"; return 0; }
  mv -f -- "$fleet/ways.new" "$fleet/ways"
}

leave_ways() { # paths that went: their folders go too, as far as they are ways and empty
  local - IFS="$nl" path folder
  [ -s "$fleet/ways" ] || return 0
  set -f
  survey "$@"
  for path; do
    folder=\${path%/*}
    while is_way "$folder" && ( path=$folder; visit && rmdir -- "./\${folder##*/}" ) 2>/dev/null; do
      no_way "$folder"
      folder=\${folder%/*}
    done
  done
}
`.trim();
