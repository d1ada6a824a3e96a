/** Why something could not be written and what helps, in POSIX sh. */
export const FAILED = `
failed() { # path, what a command said
  local folder="\${1%/*}"
  printf '%s\\n' "$2"
  case $2 in
    *'cannot overwrite directory'* | *'Is a directory'*) echo "$1 is a directory: move it away (mv '$1' '$1.old')" ;;
    *'Device or resource busy'*) echo "$1 is a mount point: unmount it (umount '$1')" ;;
    *'Read-only file system'*) read_only "$1" ;;
    *'Disk quota exceeded'*) echo "the disk quota for $1 is used up: raise it or make room" ;;
    *'Operation not permitted'*) immutable "$1" "$folder" ;;
    *'No space left'*) full "$folder" ;;
    *)
      if is_full "$folder"; then full "$folder"
      # even for root, of what can't be written to at all
      elif [ -d "$folder/" ] && [ ! -w "$folder/" ]; then read_only "$1"; fi ;;
  esac
  return 1
}

immutable() { # path, its folder
  local IFS=' ' flags each
  for each in "$1" "$2"; do
    flags=$(lsattr -d -- "$each" 2>/dev/null)
    case \${flags%% *} in
      *i*) echo "$each is immutable: chattr -i '$each'"; return ;;
      *a*) echo "$each can only be appended to: chattr -a '$each'"; return ;;
    esac
  done
  echo "$1 can't be changed even by root: see lsattr -d '$1' '$2' and findmnt -T '$1'"
}

read_only() {
  echo "$1 is on a read-only file system: the kernel's log says why (dmesg), and mount -o remount,rw makes it writable again"
}

is_full() { # folder: no blocks or no inodes are left
  case $(stat -f -c ' %a %d ' -- "\${1:-/}" 2>/dev/null) in *' 0 '*) ;; *) false ;; esac
}

full() { echo "the disk is full: make room (df -h '\${1:-/}'; df -i '\${1:-/}')"; }
`.trim();
