/** What is read of one file at most, in bytes: more is no list of keys or jobs. */
export const FILE_LIMIT = 1_048_576;

/**
 * Every part says how it ended in its last line, and is announced on stderr too, in front of what its commands complain
 * of: what was not looked at must not look like nothing. Everything between two announcements on stdout is base64, so
 * that nothing on the host can pass for one.
 */
const PARTS = `
begin() { echo "#fleet:$1"; echo "#fleet:$1" >&2; }
give() { printf '%s\\nended %s' "$2" "$1" | base64; }
file() {
  begin "$1"
  { printf '%s\\0' "$2"; head -c ${FILE_LIMIT + 1} "$2"; printf '\\nended %s' $?; } | base64
}`;

/** One part: what its commands print. `status` may be set to another than that of the last. */
const part = (name: string, commands: string): string => `begin ${name}\ntext=$(${commands})\ngive $? "$text"`;

/**
 * Sockets that wait for somebody: "tcp6 00000000000000000000000000000000:0016 12345", the protocol, the address and
 * port in hexadecimal, the inode. A host without IPv6 has no files for it.
 */
const SOCKETS = `
set -- /proc/net/tcp /proc/net/udp
for p in /proc/net/tcp6 /proc/net/udp6; do [ ! -e $p ] || set -- "$@" $p; done
begin sockets
sockets=$(awk '
  FNR > 1 { p = substr(FILENAME, 11) }
  FNR > 1 && ($4 == "0A" || (p ~ /udp/ && $3 ~ /:0000$/)) { print p, $2, $10 }' "$@")
give $? "$sockets"
begin held
fds=$(find /proc/[0-9]*/fd -lname 'socket:*' -printf '%h %l\\n')
status=$?
held=$(printf '%s\\n' "$sockets" "$fds" | awk '
  NF == 3 { wanted["socket:[" $3 "]"]; next }
  $2 in wanted { split($1, path, "/"); gsub(/[^0-9]/, "", $2); print path[3], $2 }') || status=$?
pids=$(printf '%s\\n' "$held" | awk 'NF && !seen[$1]++ { print $1 }') || status=$?
give $status "$held"
each() { for pid in $pids; do echo "/proc/$pid/$1"; done; }
begin programs
programs=$([ -z "$pids" ] || find $(each exe) -maxdepth 0 -printf '%h %l\\n')
give $? "$programs"`;

/** Which package a program came with. Where /lib is a link to /usr/lib, dpkg knows a file by either. */
const PACKAGES = `
  IFS='
'
  set -f
  paths=$(printf '%s\\n' "$programs" | awk '
    { sub(/^[^ ]* /, ""); sub(/ \\(deleted\\)$/, "") } /^\\// && !seen[$0]++') || exit
  if [ -z "$paths" ]; then :
  elif command -v dpkg-query >/dev/null; then
    dpkg-query -S $(printf '%s\\n' "$paths" | awk '{ gsub(/[]*?[\\\\]/, "\\\\\\\\&"); print } sub(/^\\/usr\\//, "/")')
  elif command -v rpm >/dev/null; then
    bad=0
    for path in $paths; do
      if name=$(rpm -qf --qf '%{NAME} ' "$path"); then echo "\${name%% *}: $path"
      else case $name in *' is not owned by any package'*) ;; *) echo "rpm does not tell of $path" >&2; bad=1 ;; esac
      fi
    done
    exit $bad
  else echo "neither dpkg-query nor rpm is there" >&2; exit 1
  fi`;

/**
 * A unit is enabled by links (systemctl(1)): in a folder of another unit, or under an alias; and not while it is
 * masked. Asking systemd itself makes it read every unit file.
 */
const UNITS = `
  find /etc/systemd/system/ /run/systemd/system/ \\
    \\( -path '*.wants/*' -o -path '*.requires/*' -o -path '*.upholds/*' \\) -printf 'wanted %f\\n' \\
    -o -type l -printf 'link%d %f %l\\n'`;

/** Containers that root's engines know, also those that do not run: "podman⇥NAME⇥IMAGE⇥PORTS". */
const CONTAINERS = `
  bad=0
  for engine in podman docker; do
    ! command -v $engine >/dev/null || $engine ps -a --format "$engine\t{{.Names}}\t{{.Image}}\t{{.Ports}}" || bad=1
  done
  exit $bad`;

/** Scripts that are run by the hour, day, week and month, and the folders and files of crontabs. */
const CRON = `
  find -L /etc/cron.hourly /etc/cron.daily /etc/cron.weekly /etc/cron.monthly \\
    /etc/crontab /etc/anacrontab /etc/cron.d /var/spool/cron /var/spool/cron/crontabs \\
    -maxdepth 1 -type f ! -name '.*'`;
const CRONTABS = `
printf '%s\\n' "$text" | while IFS= read -r path; do
  case $path in '' | /etc/cron.*ly/*) ;; *) file crontab "$path" ;; esac
done`;

/**
 * Every file in which sshd looks for keys of an account: where it says itself, and where a line of its configuration
 * that holds for some accounts only may send it.
 */
const KEY_FILES = `
${part("sshd", "sshd -T")}
set --
for f in /etc/ssh/sshd_config /etc/ssh/sshd_config.d/*.conf; do [ ! -f "$f" ] || set -- "$@" "$f"; done
begin keyfiles
paths=$(printf '%s\\n' "$text" | awk '
  FILENAME != "/etc/passwd" {
    if (tolower($1) == "authorizedkeysfile")
      for (i = 2; i <= NF; i++) { gsub(/"/, "", $i); if (!known[$i]++) pattern[++patterns] = $i }
    next
  }
  !patterns { pattern[++patterns] = ".ssh/authorized_keys"; pattern[++patterns] = ".ssh/authorized_keys2" }
  {
    split($0, account, ":"); home = account[6]; escaped = home; gsub(/&/, "\\\\\\\\&", escaped)
    for (i = 1; i <= patterns; i++) {
      p = pattern[i]; gsub(/%h/, escaped, p); gsub(/%u/, account[1], p); gsub(/%U/, account[3], p)
      if (p !~ /^\\//) p = home "/" p
      if (!seen[p]++) print p
    }
  }' - "$@" /etc/passwd)
status=$?
IFS='
'
set -f
[ -z "$paths" ] || found=$(find -L $paths -maxdepth 0 -type f) || status=$?
give $status "$found"
printf '%s\\n' "$found" | while IFS= read -r path; do [ -z "$path" ] || file keys "$path"; done`;

/**
 * One POSIX sh script that lists what there is on a host, whoever put it there. It changes nothing, and the number of
 * processes it starts does not grow with what there is but for files of cron entries and keys. Read with readHost().
 */
export const auditScript = (): string =>
  [
    "LC_ALL=C; export LC_ALL",
    PARTS,
    part("system", "cat /etc/os-release /proc/sys/net/ipv4/ip_local_port_range"),
    SOCKETS,
    part("names", "grep -H . $(each comm) /dev/null || [ $? = 1 ]"),
    part("groups", "grep -H . $(each cgroup) /dev/null || [ $? = 1 ]"),
    part("packages", PACKAGES),
    part("units", UNITS),
    part("containers", CONTAINERS),
    part("passwd", "cat /etc/passwd"),
    part("members", "cat /etc/group"),
    part("passwords", `awk -F: '$2 !~ /^[!*]/ { print $1 }' /etc/shadow`),
    part("cron", CRON),
    CRONTABS,
    KEY_FILES,
    "echo '#fleet:end'",
  ].join("\n");
