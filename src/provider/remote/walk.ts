/**
 * How root goes to a folder, in POSIX sh: through no link that someone else than root may have made. Part of whatever
 * touches paths on a host.
 *
 * A folder is root's alone when root owns it and all on its way, and nobody else may change what they hold. Of those one
 * look tells enough, because only root can change them afterwards, and paths can be used as they are. Elsewhere `reach`
 * goes there component by component and compares inodes, so that it stands in a real folder however fast somebody swaps
 * it for a link; what is done then is done from inside, to "./NAME".
 */
export const WALK = `
LC_ALL=C; export LC_ALL
unset CDPATH
nl='
' tab='	'
# folders that were looked at; among them those that someone else may change, or that are more than plain folders; and
# those that are plain folders of root's
seen=$nl others=$nl roots=$nl
# those of all that was looked at that have an ACL
acls=$nl

ways() { # paths: sets $new to the folders on their way that were not looked at yet
  local path folder
  new=
  for path; do
    folder=\${path%/*}
    while :; do
      case $seen in *"$nl\${folder:-/}$nl"*) break ;; esac
      seen=$seen\${folder:-/}$nl new=$new\${folder:-/}$nl
      [ -n "$folder" ] || break
      folder=\${folder%/*}
    done
  done
}

made_now() { # path: folders on its way were made by us
  seen=$nl
  survey "$1"
}

survey() { # paths: looks at all folders on their way at once
  local - IFS="$nl"
  ways "$@"
  set -f
  [ -z "$new" ] || sort_out "$(ls -ldnN --time-style=+ -- $new 2>/dev/null)"
}

inspect() { # paths: looks at them too. $trouble is what can't be told of them
  local - IFS="$nl" listing
  trouble=
  [ $# -gt 0 ] || return 0
  ways "$@"
  set -f
  listing=$(apart ls -ldnN --time-style=+ -- $new "$@")
  sort_out "$listing"
  complaints $listing
}

# What a command prints, a line with "#", and what it complains of, which so never gets into a line of the first. Lists
# are gone through line by line, since cutting long texts in sh takes time that grows with their square.
apart() {
  { said=$("$@" 2>&1 >&3) || :; printf '#\\n%s\\n' "$said" >&3; } 3>&1
}

complaints() { # lines of apart: those that are of more than that something is not there go to $trouble
  while [ "$1" != '#' ]; do shift; done
  shift
  for said; do is_plainly_absent "$said" || trouble=$trouble$said$nl; done
}

is_plainly_absent() { # complaints: of nothing but what is not there
  local - IFS="$nl" said
  set -f
  for said in $1; do
    case $said in *': No such file or directory' | *': Not a directory') ;; *) return 1 ;; esac
  done
}

# Lines of ls -ldn, which shows ACLs by a "+": what is no plain folder of root goes to $others, and what has an ACL to $acls.
sort_out() {
  local - IFS="$nl" line
  set -f
  for line in $1; do
    case $line in
      '#') return ;;
      d????-[x-]?-?' '* | d????-[x-]?-?.' '*)
        IFS=' '; set -- $line; IFS=$nl
        if [ "$3" = 0 ]; then roots=$roots/\${line#*/}$nl; continue; fi ;;
    esac
    case \${line%% *} in *+) acls=$acls/\${line#*/}$nl ;; esac
    line=/\${line#*/} others=$others$line$nl
    # where a link's name ends and " -> target" begins can't be seen
    while case $line in *' -> '*) ;; *) false ;; esac; do line=\${line% -> *} others=$others$line$nl; done
  done
}

# folder that was looked at: it is root's alone, or will be once it is made; not when the look did not tell of it
rooted() {
  local folder="$1"
  while :; do
    case $others in *"$nl\${folder:-/}$nl"*) return 1 ;; esac
    case $roots in *"$nl\${folder:-/}$nl"*) ;; *) [ ! -e "\${folder:-/}" ] && [ ! -L "$folder" ] || return 1 ;; esac
    [ -n "$folder" ] || return 0
    folder=\${folder%/*}
  done
}

# Goes to a folder; with "make" what is missing is made. Else 1: something is in the way, 2: it is not there, 3: that can't
# be told; $why says more.
reach() {
  local IFS=' ' rest="$1" make="$2" at="$1" name said here there id= mine=yes target hops=0
  survey "$1/."
  until [ -z "$at" ] || { rooted "$at" && [ -d "$at/" ]; }; do at=\${at%/*}; done
  rest=\${1#"$at"}
  cd -P -- "$at/" || return 3
  while :; do
    rest=\${rest#"\${rest%%[!/]*}"}
    name=\${rest%%/*}
    said=$(stat -c '%f %u %d:%i %U' -- . \${name:+"./$name"} 2>&1) || :
    here=\${said%%"$nl"*} there=\${said#*"$nl"}
    # errors are printed first
    case $here in stat:*) there=$here here=\${said#*"$nl"} ;; esac
    case $here in stat:*) why=$here; return 3 ;; esac
    set -- $here
    [ "$4" != UNKNOWN ] || set -- "$1" "$2" "$3" "$2"
    if [ "\${id:-$3}" != "$3" ]; then why="\${at:-/} was replaced meanwhile: something changes it"; return 1; fi
    id=$3
    [ -n "$name" ] || return 0
    case $there in
      stat:*': No such file or directory')
        why="$at/$name is not there"
        [ -n "$make" ] || return 2
        hops=$((hops + 1))
        [ $hops -le 40 ] || return 1
        said=$(mkdir -m 0755 -- "./$name" 2>&1) || { case $said in *': File exists') ;; *) why=$said; return 3 ;; esac; }
        [ -n "$said" ] || way_made "$at/$name"
        continue ;;
      stat:*) why=$there; return 3 ;;
    esac
    # what only root can change: in a folder of root's alone, or root's own in one with the sticky bit
    if [ "$2" != 0 ] || [ $((0x$1 & 0022)) -ne 0 ]; then
      [ "$2" = 0 ] && [ $((0x$1 & 01000)) -ne 0 ] && case $there in *' 0 '*) ;; *) false ;; esac || mine=
    fi
    said=$4
    set -- $there
    [ "$4" != UNKNOWN ] || set -- "$1" "$2" "$3" "$2"
    case $1 in
      4???)
        if [ "$name" = .. ] && [ -z "$mine" ]; then why="$at/.. leads out of a folder that $said may change"; return 1; fi
        at=$at/$name rest=\${rest#"$name"} id=$3
        cd -P -- "./$name" 2>/dev/null || { why="$at was replaced meanwhile: something changes it"; return 1; } ;;
      a???)
        if [ -z "$mine" ]; then
          why="$at/$name is a symbolic link of $4 in a folder that $said may change, and is not followed: "
          why="\${why}remove it (rm '$at/$name'), or let the service declare the folder"
          return 1
        fi
        hops=$((hops + 1))
        if [ $hops -gt 40 ]; then why="$at/$name: too many levels of symbolic links"; return 1; fi
        target=$(readlink -- "./$name"; echo .) target=\${target%"$nl".}
        rest=$target\${rest#"$name"}
        case $target in /*) cd /; at= id= ;; esac ;;
      *)
        why="$at/$name is no folder: move it away (mv '$at/$name' '$at/$name.old')"
        return 1 ;;
    esac
  done
}
`.trim();
