/**
 * What was there, in POSIX sh, on top of WALK and STAGE: copies in the folder $old/SLOT of root's own, and their way
 * back. An index says of each path in two lines what it was, and the path: absent, a folder, or a file and where its
 * copy lies. Copies of another look never lie in the same tree, because what was a link then may be a folder now, and
 * a copy would go through that link.
 */
export const KEEP = `
keep() { # slot paths: of what is kept already, the first copy stays
  local - IFS="$nl" slot="$1" path trouble kept="$nl" index= files= what tree
  shift
  set -f
  inspect "$@"
  [ -z "$trouble" ] || { echo "$trouble"; return 1; }
  [ ! -e "$old/$slot/index" ] || kept=$nl$(cat -- "$old/$slot/index")$nl
  read -r tree </proc/sys/kernel/random/uuid
  mkdir -p -m 0700 -- "$old/$slot/$tree" || return 1
  for path; do
    case $kept in *"$nl$path$nl"*) continue ;; esac
    if ! rooted "\${path%/*}"; then what=$(keep_far) || { echo "$what"; return 1; }
    elif [ -d "$path" ] && [ ! -L "$path" ]; then what=$(keep_folder "$path")
    elif [ -e "$path" ] || [ -L "$path" ]; then what="file $tree$path" files=$files$path$nl
    else what=absent; fi
    kept=$kept$what$nl$path$nl index=$index$what$nl$path$nl
  done
  [ -z "$files" ] || ( cd / && cp -a --parents -- $files "$old/$slot/$tree" ) || { failed "$old/$slot" ''; return 1; }
  printf '%s' "$index" >>"$old/$slot/index"
}

keep_far() { # $path: prints what it is
  local id code=0
  reach "\${path%/*}" || code=$?
  case $code in 0) ;; 3) echo "$why"; return 1 ;; *) echo absent; return 0 ;; esac
  said=$(stat -c %f -- "./\${path##*/}" 2>&1) || {
    is_plainly_absent "$said" && echo absent || { echo "$said"; return 1; }
    return 0
  }
  case $said in 4*) keep_folder "./\${path##*/}"; return ;; esac
  pin || return 1
  cp -a -T -- "./$id" "$old/$slot/$id"
  set -- $?
  unpin
  [ "$1" -ne 0 ] || echo "file $id"
  return "$1"
}

keep_folder() { # where it is: prints what it is
  local acl=
  if command -v getfacl >/dev/null; then acl=$(getfacl -cpnE -- "$1" | tr '\\n' ,); fi
  stat -c "folder %04a %u %g $acl" -- "$1"
}

# What was kept of paths, the last first, so that what was not there goes from the inside out. Goes on where one can't be
# put back.
restore() { # slot paths
  local - IFS="$nl" slot="$1" path entries= wanted absent= code=0
  shift
  [ -e "$old/$slot/index" ] || return 0
  set -f
  wanted="$nl$*$nl"
  survey "$@"
  set -- $(cat -- "$old/$slot/index")
  while [ $# -gt 0 ]; do
    case $wanted in *"$nl$2$nl"*) entries=$1$nl$2$nl$entries ;; esac
    shift 2
  done
  set -- $entries
  while [ $# -gt 0 ]; do
    path=$2
    case $1 in
      absent) absent=$absent$path$nl; ( visit || gone $? || exit 0; vanish ) ;;
      file*) ( put_back "$old/$slot/\${1#file }" ) ;;
      *) put_folder_back "$1" ;;
    esac || code=1
    shift 2
  done
  leave_ways $absent
  return $code
}

vanish() { # what is at the name of $path
  local name="./\${path##*/}"
  if [ -d "$name" ] && [ ! -L "$name" ]; then remove_folder "$name"; return; fi
  said=$(rm -f -- "$name" 2>&1) || failed "$path" "$said"
}

put_back() { # copy of $path
  local id mode=- owner=- group=-
  read -r id </proc/sys/kernel/random/uuid
  note nested
  nest || return 1
  said=$(cp -a -T -- "$1" "./$id" 2>&1) || { failed "$path" "$said"; return 1; }
  if [ -d "../\${path##*/}" ] && [ ! -L "../\${path##*/}" ]; then remove_folder "../\${path##*/}"; fi
  take_place
}

put_folder_back() { # "folder mode uid gid ACL", of $path
  local IFS=' '
  set -- $1
  folder "$path" "$2" "$3" "$4" || return 1
  # more than owner, group and others
  case \${5%,,} in *,*,*,*) ( visit && cd -P -- "./\${path##*/}" && setfacl --set "\${5%,,}" -- . ) ;; esac
}
`.trim();
