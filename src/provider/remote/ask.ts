/** Longest text that comes back, in bytes; of a longer one this much and one byte more. */
export const TEXT_LIMIT = 256 * 1024;

/**
 * ask_paths, in POSIX sh, on top of WALK: answers about each path of $asked and each folder of $folders by lines that
 * path-answers.ts reads: a word, what it says, and the path with a slash that shows its end, separated by tabs. A line
 * of $asked is what is wanted and the path.
 */
export const ASK = `
ask_paths() {
  local - IFS="$nl" one path near= where= far= reached= trouble lines=
  set -f
  for path in $also; do discover "$path"; done
  set --
  for path in $folders; do set -- "$@" "$path/."; done
  for one in $asked; do set -- "$@" "/\${one#*/}"; done
  inspect "$@"
  ask_folders
  follow_built
  for one in $asked; do
    path=/\${one#*/}
    case $one in follow*) continue ;; esac
    if rooted "\${path%/*}"; then near=$near$one$nl where=$where$path$nl; else far=$far$one$nl; fi
  done
  ask_near
  for one in $far; do ask_far "\${one%%/*}" "/\${one#*/}"; done
  flush
}

# Each write wakes whoever carries it to the other side: many lines go at once.
say() {
  lines=$lines$1$nl
  [ \${#lines} -lt 8192 ] || flush
}
flush() { printf '%s' "$lines"; lines=; }

answer() { # word what path
  say "$1$tab$(printf '%s' "$2" | tr '\\n\\t' '  ')$tab$3/"
}

discover() { # path: asked for as text, unless it is asked for already
  case $asked in *"\${nl}text$1$nl"* | *"\${nl}hash$1$nl"* | *"\${nl}follow text$1$nl"* | *"\${nl}follow hash$1$nl"*) ;;
    *) asked=\${asked}text$1$nl ;;
  esac
}

ask_folders() { # whether each can be listed, and what it holds
  local path plain= odd=
  for path in $folders; do
    if rooted "$path" && [ -d "$path" ]; then plain=$plain$path$nl
    elif [ -z "$trouble" ] && rooted "$path" && [ ! -L "$path" ]; then say "unlisted$tab$path/"
    else odd=$odd$path$nl; fi
  done
  if [ -n "$plain" ] && ! ls -A -- $plain >/dev/null 2>&1; then odd=$odd$plain plain=; fi
  for path in $plain; do ask_folder "$path" "$(cd -P -- "$path" && conf_files)"; done
  for path in $odd; do
    said=$(reach "$path" 2>&1 || { code=$?; echo "$why"; exit $code; }; ls -A 2>&1 >/dev/null || exit 3; conf_files)
    case $? in
      0) ask_folder "$path" "$said" ;;
      3) answer unlistable "$said" "$path" ;;
      *) say "unlisted$tab$path/" ;;
    esac
  done
}

conf_files() { set +f; for name in *.conf; do if [ -e "$name" ] || [ -L "$name" ]; then echo "$name"; fi; done; }

ask_folder() { # folder, names in it
  local name count=0
  for name in $2; do
    say "holds$tab$1/$name/"
    count=$((count + 1))
    discover "$1/$name"
  done
  say "listed$tab$count$tab$1/"
}

follow_built() { # what leads into the store of NixOS is looked at there: what is in it does not change
  local one path real
  set --
  for one in $asked; do case $one in follow*) set -- "$@" "/\${one#*/}" ;; esac; done
  [ $# -gt 0 ] || return 0
  set -- $(realpath -m -- "$@")
  for one in $asked; do
    case $one in follow*) ;; *) continue ;; esac
    path=/\${one#*/} real=$1
    [ $# -eq 0 ] || shift
    case $real in /nix/store/*) ;; *) real=$path ;; esac
    if [ "$real" != "$path" ] || rooted "\${path%/*}"
    then near=$near\${one#follow }$nl where=$where$real$nl
    else far=$far\${one#follow }$nl; fi
  done
}

ask_near() { # what can be looked at by its path, all at once: $near, which lies at $where
  local one path at out files= hashed= there= programs= trouble=
  [ -n "$near" ] || return 0
  out=$(apart stat -c "%f$tab%U$tab%u$tab%G$tab%g$tab%s$tab%n/" -- $where)
  complaints $out
  set -- $out
  for one in $near; do
    at=\${where%%"$nl"*} where=\${where#*"$nl"} path=/\${one#*/}
    case $1 in
      *"$tab$at/")
        say "found$tab\${1%"$tab$at/"}$tab$path/"
        case $acls in *"$nl$at$nl"*) answer extra ACL "$path" ;; esac
        case $1 in [48]???"$tab"*) there=$there$at$nl$path$nl ;; esac
        if is_program "$1"; then programs=$programs$at$nl; fi
        case $one$tab$1 in
          attributes*) ;;
          *"$tab"8???"$tab"*"$tab$at/") files=$files$at$nl hashed=$hashed$one$nl ;;
        esac
        shift ;;
      *) if [ -z "$trouble" ]; then say "absent$tab$path/"; else far=$far$one$nl; fi ;;
    esac
  done
  ask_hashes
  ask_extras $there
}

ask_hashes() { # of $files, which were asked for as $hashed
  local one at hash name
  [ -n "$files" ] || return 0
  set -- $(sha256sum -- $files 2>/dev/null)
  for one in $hashed; do
    at=\${files%%"$nl"*} files=\${files#*"$nl"} hash=\${1%%  *} name=\${1#*  }
    case $hash in \\\\*) hash=\${hash#?} name=$(printf '%b' "$name") ;; esac
    if [ "$name" != "$at" ]; then
      answer unread "$(sha256sum -- "$at" 2>&1 >/dev/null)" "/\${one#*/}"
      continue
    fi
    shift
    say "hash$tab$hash$tab/\${one#*/}/"
    case $one in text*) is_known "$hash" || { flush; head -c $limit -- "$at" | send "$hash"; } ;; esac
  done
}

# $known grows by what was sent
is_known() { case $known in *" $1 "*) ;; *) known="$known$1 "; return 1 ;; esac; }

send() { echo "#fleet:text $1"; base64; echo '#fleet:paths'; }

is_program() { case $1 in 8???"$tab"*) [ $((0x\${1%%"$tab"*} & 0111)) -ne 0 ] ;; *) false ;; esac; } # attributes

# pairs of where it is and its path: what plain attributes don't show. Capabilities only of $programs: of what can't be
# run they mean nothing
ask_extras() {
  local line files= both="$*"
  [ $# -gt 0 ] || return 0
  while [ $# -gt 0 ]; do files=$files$1$nl; shift 2; done
  for line in $(lsattr -d -- $files 2>/dev/null); do
    case \${line%% *} in *i*) ask_extra immutable "\${line#* }" $both ;; esac
    case \${line%% *} in *a*) ask_extra append-only "\${line#* }" $both ;; esac
  done
  [ -n "$programs" ] || return 0
  for line in $(getcap -- $programs 2>/dev/null); do ask_extra 'file capabilities' "$line" $both; done
}

ask_extra() { # word, a line that begins with where it is, pairs
  local word="$1" line="$2"
  shift 2
  while [ $# -gt 0 ]; do
    case "$line " in "$1 "*) answer extra "$word" "$2" ;; esac
    shift 2
  done
}

# A path where others than root may change what is on its way, from inside of its folder. What is read is one file that
# lies there before and after; a link or a pipe that takes its place meanwhile is neither followed nor waited for.
ask_far() { # as path
  local name="./\${2##*/}" folder="\${2%/*}" programs= said again code=0 sum tries=3
  if [ "$reached" != "\${folder:-/}" ]; then reached=; reach "\${folder:-/}" || code=$?; fi
  case $code in
    0) reached=\${folder:-/} ;;
    3) answer unknown "$why" "$2"; return 0 ;;
    *) say "absent$tab$2/"; return 0 ;;
  esac
  while :; do
    said=$(look_here) || {
      if is_plainly_absent "$said"; then say "absent$tab$2/"; else answer unknown "$said" "$2"; fi
      return 0
    }
    case $1$said in attributes* | text[!8]* | hash[!8]*) break ;; esac
    size=\${said%"$tab"*} size=\${size##*"$tab"}
    sum=$({ read_here "$size" 2>&3 | sha256sum; } 3>&1)
    again=$(look_here) || :
    [ "$again" != "$said" ] || break
    tries=$((tries - 1))
    if [ $tries -eq 0 ]; then answer unknown "something keeps changing it" "$2"; return 0; fi
  done
  say "found$tab\${said%"$tab"*}$tab$2/"
  if is_program "$said"; then programs=$name; fi
  case $said in [48]*) ask_extras "$name" "$2" ;; esac
  case $(ls -ldN -- "$name") in ??????????+*) answer extra ACL "$2" ;; esac
  case $1$said in attributes* | text[!8]* | hash[!8]*) return 0 ;; esac
  case $sum in
    *[!0-9a-f]*[!\\ -]* | '') answer unread "$sum" "$2"; return 0 ;;
  esac
  sum=\${sum%%  *}
  say "hash$tab$sum$tab$2/"
  case $said in *"\${tab}1 "*) ;; *) answer extra 'hard links' "$2" ;; esac
  case $1 in text) ;; *) return 0 ;; esac
  if ! may_send "$said"; then say "withheld$tab$2/"
  elif ! is_known "$sum"; then flush; read_here "$limit" | send "$sum"; fi
}

look_here() { stat -c "%f$tab%U$tab%u$tab%G$tab%g$tab%s$tab%h %d:%i %y %z" -- "$name" 2>&1; }

read_here() { # bytes
  dd if="$name" iflag=nofollow,nonblock,count_bytes,fullblock bs=65536 count="$1" status=none
}

# what was seen of a file: whether its text may be sent. A hard link that an account made could be any file.
may_send() {
  local protected=0
  read -r protected </proc/sys/fs/protected_hardlinks || :
  case $protected$1 in 1*"\${tab}1 "*) ;; *) return 1 ;; esac
}
`.trim();
