/** Owner, mode, folders and removal, in POSIX sh, on top of WALK and STAGE. */
export const OWN = `
# One process for each argument that occurs.
grouped() { # chown or chmod, then pairs of its argument and a file of a folder of root's alone
  local - IFS="$nl" command="$1" all done="$nl" key files said
  set -f
  shift
  all="$*"
  while [ $# -gt 0 ]; do
    key=$1; shift 2
    case $done in *"$nl$key$nl"*) continue ;; esac
    done=$done$key$nl
    files_of "$key" $all
    case $command in
      chown) said=$(chown -h -- "$key" $files 2>&1) ;;
      chmod) said=$(chmod -- "$key" $files 2>&1) ;;
    esac || { failed "\${files%%"$nl"*}" "$said"; return 1; }
  done
}

files_of() { # key pairs
  local key="$1"
  shift
  files=
  while [ $# -gt 0 ]; do
    [ "$1" != "$key" ] || files=$files$2$nl
    shift 2
  done
}

attributes() { # path mode owner group, … of files that are there
  local - IFS="$nl" path paths= owners= modes= id
  set -f
  for path; do case $path in /*) paths=$paths$path$nl ;; esac; done
  survey $paths
  while [ $# -gt 0 ]; do
    path=$1
    if rooted "\${path%/*}"; then
      if [ -L "$path" ] || [ ! -f "$path" ]; then echo "$path is no file any more"; return 1; fi
      owners=$owners$3:$4$nl$path$nl modes=$modes$2$nl$path$nl
    else ( own_far "$2" "$3:$4" ) || return 1; fi
    shift 4
  done
  grouped chown $owners && grouped chmod $modes || return 1
}

# A name of our own for the file keeps hold of it, so that nothing can take its place meanwhile.
own_far() { # mode owner:group, of $path
  pin || return 1
  case $(stat -c '%f %h' -- "./$id") in
    8*' 2') own_here "$1" "$2" ;;
    8*) echo "$path has other names (hard links) in a folder that others may change: remove it (rm '$path')"; false ;;
    *) echo "$path is no file any more"; false ;;
  esac
  set -- $?
  unpin
  return $1
}

pin() {
  local mode=- owner=- group=-
  read -r id </proc/sys/kernel/random/uuid
  note nested
  nest || return 1
  said=$(ln -P -- "../\${path##*/}" "./$id" 2>&1) || { leave_nest; failed "$path" "$said"; }
}

unpin() { rm -f -- "./$id"; leave_nest; }

folder() { # path mode owner group: exactly so, without bits that it would inherit
  local path="$1"
  inspect "$path"
  if rooted "\${path%/*}"; then
    if [ -L "$path" ]; then an_admins_link; return 1; fi
    if [ -e "$path" ] && [ ! -d "$path" ]; then not_a_folder; return 1; fi
    plain_acl "$path" || return 1
    make_way "\${path%/*}" || return 1
    # five digits: without them a set-group-ID bit stays
    said=$(install -d -m "0$2" -o "$3" -g "$4" -- "$path" 2>&1) || { failed "$path" "$said"; return 1; }
    made_now "$path/."
    [ "$2 $3:$4" = '0755 root:root' ] || others=$others$path$nl
  else ( folder_far "$2" "$3:$4" ) || return 1; fi
  no_way "$path"
}

# nobody but root can have made it, and what it leads to may be in use
an_admins_link() { echo "$path is a link of root's to $(readlink -- "$path"): declare that folder, or remove the link (rm '$path')"; }

not_a_folder() { echo "$path is a file, where a folder is to be: move it away (mv '$path' '$path.old')"; }

# a copy of an empty folder's attributes takes an ACL away, also where there is no setfacl
plain_acl() { # folder
  case $acls in *"$nl$path$nl"*) ;; *) return 0 ;; esac
  [ -d "$staged.empty" ] || mkdir -m 0700 -- "$staged.empty" || return 1
  said=$(cp -R --preserve=mode -T -- "$staged.empty" "$1" 2>&1) || failed "$path" "$said"
}

folder_far() { # mode owner:group, of $path
  local name="./\${path##*/}"
  reach "\${path%/*}" make || { echo "$why"; return 1; }
  if [ -L "$name" ]; then rm -f -- "$name"; fi
  if [ -e "$name" ] && [ ! -d "$name" ]; then not_a_folder; return 1; fi
  [ -d "$name" ] || said=$(mkdir -m 0700 -- "$name" 2>&1) || { failed "$path" "$said"; return 1; }
  reach "$path" || { echo "$why"; return 1; }
  case $(ls -ldN -- .) in ??????????+*) acls=$acls$path$nl ;; esac
  plain_acl . || return 1
  said=$(chown -- "$2" . 2>&1 && chmod -- "0$1" . 2>&1) || failed "$path" "$said"
}

drop() { # paths of files and links
  local - IFS="$nl" path files=
  set -f
  survey "$@"
  for path; do
    if rooted "\${path%/*}"; then files=$files$path$nl
    else
      ( reach "\${path%/*}" || gone $? || exit 0
        said=$(rm -f -- "./\${path##*/}" 2>&1) || failed "$path" "$said" ) || return 1
    fi
  done
  [ -z "$files" ] || said=$(rm -f -- $files 2>&1) || { failed "\${files%%"$nl"*}" "$said"; return 1; }
  leave_ways "$@"
}

# of what reach says: behind a link of somebody else there is nothing of ours
gone() { [ "$1" -ne 3 ] || { echo "$why"; exit 1; }; return 1; }

drop_folder() { # paths, the inner ones first
  local path
  survey "$@"
  for path; do ( visit || gone $? || exit 0; remove_folder "./\${path##*/}" ) || return 1; done
  leave_ways "$@"
}

visit() { # the folder of $path
  if rooted "\${path%/*}"; then cd -P -- "\${path%/*}/" 2>/dev/null || return 2; else reach "\${path%/*}"; fi
}

remove_folder() { # name: what is not empty and what is mounted stays
  [ -d "$1" ] && [ ! -L "$1" ] || return 0
  said=$(rmdir --ignore-fail-on-non-empty -- "$1" 2>&1) ||
    case $said in *'Device or resource busy') echo "$path is a mount point, and stays" ;; *) failed "$path" "$said" ;; esac
}
`.trim();
