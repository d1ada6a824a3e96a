/** What a host is asked at most, in bytes of one file: more is no list of keys or jobs. */
const FILE_LIMIT = 65_536;

/** Everything between two announcements is base64, so that nothing on the host can pass for one. */
const announced = (name: string, lines: string): string => `echo '#fleet:${name}'\n{ ${lines}\n} 2>/dev/null | base64`;

/** Prints a file with its path: one section for each path that comes on stdin. */
const FILES = `
file() {
  printf '#fleet:%s ' "$1"
  printf %s "$2" | base64 | tr -d '\\n'
  echo
  head -c ${FILE_LIMIT} "$2" 2>/dev/null | base64
}`;

/**
 * Sockets that wait for somebody: "tcp6 00000000000000000000000000000000:0016 12345", the protocol, the address and
 * port in hexadecimal, the inode.
 */
const SOCKETS = `
sockets=$(for p in tcp tcp6 udp udp6; do
  [ -r /proc/net/$p ] &&
    awk -v p=$p 'FNR > 1 && ($4 == "0A" || (p ~ /udp/ && $3 ~ /:0000$/)) { print p, $2, $10 }' /proc/net/$p
done)
links=$(printf '%s\\n' "$sockets" | awk 'NF { print "socket:[" $3 "]" } END { print "none" }')
held=$(find /proc/[0-9]*/fd -lname 'socket:*' -printf '%h %l\\n' 2>/dev/null |
  grep -F "$links" | sed -E 's#^/proc/([0-9]+)/fd socket:.([0-9]+).$#\\1 \\2#' | sort -u)
pids=$(printf '%s\\n' "$held" | cut -d' ' -f1 | sort -un)
exes=$(for pid in $pids; do echo /proc/$pid/exe; done)
programs=$([ -z "$exes" ] || find $exes -maxdepth 0 -printf '%h %l\\n' 2>/dev/null | sed 's/ (deleted)$//')
paths=$(printf '%s\\n' "$programs" | cut -d' ' -f2- | sort -u | grep '^/[^*?[]*$')`;

/** Which package a program came with. Where /lib is a link to /usr/lib, dpkg knows a file by either. */
const PACKAGES = `
IFS='
'
set -f
if command -v dpkg-query >/dev/null; then dpkg-query -S $paths $(printf '%s\\n' "$paths" | sed -n 's#^/usr/#/#p')
elif command -v rpm >/dev/null; then
  for path in $paths; do
    printf '%s: %s\\n' "$(rpm -qf --qf '%{NAME}' "$path")" "$path" | grep -v ' is not owned '
  done
fi`;

/**
 * A unit is enabled by links (systemctl(1)): in a folder of another unit, or under an alias; and not while it is
 * masked. Asking systemd itself makes it read every unit file.
 */
const UNITS = `
find /etc/systemd/system/ /run/systemd/system/ \\
  \\( -path '*.wants/*' -o -path '*.requires/*' -o -path '*.upholds/*' \\) -printf '%f\\n'
find /etc/systemd/system/ /run/systemd/system/ -maxdepth 1 -type l -printf '%f %l\\n' | awk '{
  n = split($2, part, "/")
  if ($2 == "/dev/null") print "masked", $1; else if (part[n] != $1) print part[n]
}'`;

/** Every file in which sshd looks for keys of an account. */
const KEY_FILES = `
patterns=$(sshd -T 2>/dev/null | sed -n 's/^authorizedkeysfile //p')
awk -F: -v patterns="\${patterns:-.ssh/authorized_keys .ssh/authorized_keys2}" '{
  home = $6; gsub(/&/, "\\\\\\\\&", home)
  n = split(patterns, each, " ")
  for (i = 1; i <= n; i++) {
    p = each[i]; gsub(/%h/, home, p); gsub(/%u/, $1, p); gsub(/%U/, $3, p)
    if (p !~ /^\\//) p = $6 "/" p
    print p
  }
}' /etc/passwd | sort -u | while read -r path; do [ ! -f "$path" ] || file keys "$path"; done`;

/**
 * One POSIX sh script that lists what there is on a host, whoever put it there. It changes nothing, and the number of
 * processes it starts does not grow with what there is but for files of cron entries and keys. Read with readHost().
 */
export const auditScript = (): string =>
  [
    "LC_ALL=C; export LC_ALL",
    FILES,
    SOCKETS,
    announced("system", "cat /etc/os-release /proc/sys/net/ipv4/ip_local_port_range"),
    announced("sockets", `printf '%s\\n' "$sockets"`),
    announced("held", `printf '%s\\n' "$held"`),
    announced("programs", `printf '%s\\n' "$programs"`),
    announced("names", "grep -H . $(for pid in $pids; do echo /proc/$pid/comm; done) /dev/null"),
    announced("groups", "grep -H . $(for pid in $pids; do echo /proc/$pid/cgroup; done) /dev/null"),
    announced("packages", PACKAGES),
    announced("units", UNITS),
    announced("passwd", "cat /etc/passwd"),
    announced("members", "cat /etc/group"),
    announced("passwords", `awk -F: '$2 !~ /^[!*]/ { print $1 }' /etc/shadow`),
    "for f in /etc/crontab /etc/anacrontab /etc/cron.d/* /var/spool/cron/crontabs/* /var/spool/cron/*; " +
      'do [ ! -f "$f" ] || file crontab "$f"; done',
    announced(
      "periodic",
      "find /etc/cron.hourly /etc/cron.daily /etc/cron.weekly /etc/cron.monthly -type f -o -type l",
    ),
    KEY_FILES,
    "echo '#fleet:end'",
  ].join("\n");
