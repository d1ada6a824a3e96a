/** What a machine is, as far as a service could have changed it. */

/** Thing → how it is. */
export type Seen = Map<string, string>;

/** What changes by itself: generations of NixOS, logs, caches, what runs, and the lock of whoever works on the machine. */
const BY_ITSELF = [
  "proc",
  "sys",
  "dev",
  "run",
  "tmp",
  "var/tmp",
  "var/log",
  "var/cache",
  "nix/store",
  "nix/var",
].concat(["apt", "cloud", "dpkg", "fleet/holder", "fleet/lock", "systemd"].map((name) => `var/lib/${name}`));
/** What packages alone put there: that it is there tells enough. */
const OF_PACKAGES = ["usr/lib", "usr/share", "usr/bin", "usr/sbin", "usr/include"];
const LISTS = ["passwd", "group"];

const pruned = (folders: readonly string[]) =>
  `\\( ${folders.map((folder) => `-path ./${folder}`).join(" -o ")} \\) -prune -o`;

/**
 * Files by path with type, mode, owner and a hash of what they hold, without the backups of account files; accounts and
 * groups; units with whether they are enabled and run; the settings that services set; the time zone.
 */
export const LOOK = `
LC_ALL=C; export LC_ALL
cd /
find . -xdev ${pruned(BY_ITSELF)} ! -name '*-' -printf 'file %p\\t%y %m %U:%G %l\\n'
find . -xdev ${pruned([...BY_ITSELF, ...OF_PACKAGES])} -type f ! -name '*-' ! -name '*shadow' \\
  ${LISTS.map((list) => `! -path ./etc/${list}`).join(" ")} ! -path './var/lib/fleet/*' -print0 |
  xargs -0r sha256sum -- | sed 's/^\\(.\\{64\\}\\)  \\(.*\\)/text \\2\\t\\1/'
for list in ${LISTS.join(" ")}; do sed "s/^\\([^:]*\\):/$list \\1\\t/" "etc/$list"; done
systemctl list-unit-files --no-legend --no-pager --plain | awk '{ print "enabled " $1 "\\t" $2 }'
systemctl list-units --all --no-legend --no-pager --plain --type=service,timer,socket,path |
  awk '$2 == "loaded" { print "active " $1 "\\t" $3 }'
for name in net/core/somaxconn net/ipv4/ip_nonlocal_bind net/ipv4/ip_forward; do
  printf 'setting %s\\t%s\\n' "$name" "$(cat "/proc/sys/$name" 2>/dev/null)"
done
printf 'time zone\\t%s\\n' "$(readlink /etc/localtime)"
`;

export const readSeen = (output: string): Seen =>
  new Map(output.split("\n").flatMap((line) => (line.includes("\t") ? [line.split("\t") as [string, string]] : [])));

/** What runs by itself, whatever anybody does. */
const OF_ITSELF = /^active (user@|user-runtime-dir@|session-|run-|apt-|dpkg-|e2scrub|fstrim|logrotate|man-db|systemd-)/;

/**
 * What is not as it was: "file ./etc/x: f 644 0:0 → nothing".
 * @param but beginnings of what may differ
 */
export function differencesOf(before: Seen, after: Seen, but: readonly string[] = []): string[] {
  const things = new Set([...before.keys(), ...after.keys()]);
  return [...things]
    .filter(
      (thing) =>
        before.get(thing) !== after.get(thing) &&
        !OF_ITSELF.test(thing) &&
        !but.some((each) => `${thing}: ${before.get(thing) ?? "nothing"}`.startsWith(each)),
    )
    .map((thing) => `${thing}: ${before.get(thing) ?? "nothing"} → ${after.get(thing) ?? "nothing"}`)
    .sort();
}
