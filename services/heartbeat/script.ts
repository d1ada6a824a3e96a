import { fewestDays } from "../vault1984/certificate.ts";
import { vault } from "../vault1984/paths.ts";

export interface HeartbeatScript {
  node: string;
  domains: readonly string[];
  statusPort: number;
  /** Host name of the push URL, and the address where it is reached. */
  to: { name: string; address: string };
  trust: "mesh" | "authority";
  ram: "used" | "available";
  integrityMinutes: number;
}

/**
 * Tells Uptime Kuma how the node is. What cannot be told is null, and a vault that serves no certificate for one of its
 * names or whose database is damaged counts as down; of several certificates the one that ends first is told. The push
 * URL holds a token: curl reads it from a file.
 */
export const heartbeatScript = ({
  node,
  domains,
  statusPort,
  to,
  trust,
  ram,
  integrityMinutes,
}: HeartbeatScript): string => `#!/bin/sh
# Made by fleet (services/heartbeat).
set -u
export LC_ALL=C
database=${vault.database} kept=$RUNTIME_DIRECTORY

ram_mb() { awk '/^MemTotal:/ { all = $2 } /^MemAvailable:/ { printf "%d", ${MEGABYTES[ram]} }' /proc/meminfo; }
disk_pct() { df -Pk ${vault.home} | awk 'NR == 2 { printf "%.1f", 100 * $3 / ($3 + $4) }'; }
# since the last heartbeat; in the first one since the boot
cpu_pct() {
  read -r _ user nice system idle iowait irq softirq steal _ </proc/stat
  busy=$((user + nice + system + irq + softirq + steal)) was_busy=0 was_all=0
  all=$((busy + idle + iowait))
  if [ -r "$kept/cpu" ]; then read -r was_busy was_all <"$kept/cpu"; fi
  echo "$busy $all" >"$kept/cpu"
  awk -v busy=$((busy - was_busy)) -v all=$((all - was_all)) 'BEGIN { printf "%.1f", (all > 0 ? 100 * busy / all : 0) }'
}
db_size_mb() { size=$(stat -c %s "$database") && awk -v size="$size" 'BEGIN { printf "%.1f", size / 1048576 }'; }
# The whole file is read for that: what was sound is looked at again after ${integrityMinutes} minutes.
db_integrity() {
  if [ -n "$(find "$kept" -name sound -mmin -${integrityMinutes})" ]; then echo true; return; fi
  if [ ! -s "$database" ]; then echo "there is no $database" >&2; echo false; return; fi
  found=$(timeout 20 sqlite3 -cmd '.timeout 5000' "file:$database?mode=rw" 'pragma quick_check' 2>&1)
  case $?,$found in
    0,ok) touch "$kept/sound"; echo true ;;
    124,*) echo "checking $database takes too long" >&2 ;;
    *) echo "$database: $found" >&2; echo false ;;
  esac
}
${fewestDays(domains)}
nix_gen() { link=$(readlink /nix/var/nix/profiles/system) && link=\${link#system-} && echo "\${link%-link}"; }
uptime_s() { read -r uptime _ </proc/uptime; echo "\${uptime%%.*}"; }
told=$(curl -sf --max-time 5 http://127.0.0.1:${statusPort}/status | tr -d '\\n')
of_vault() { printf '%s' "$told" | sed -n 's/.*"'"$1"'"[[:space:]]*:[[:space:]]*\\([0-9][0-9]*\\).*/\\1/p'; }

field() { # name, command that prints the value
  name=$1; shift
  value=$("$@") || value=
  payload="$payload, \\"$name\\": \${value:-null}"
}
payload='{"node": "${node}"'
field ram_mb ram_mb
field disk_pct disk_pct
field cpu_pct cpu_pct
field db_size_mb db_size_mb
field db_integrity db_integrity
sound=$value
field active_sessions of_vault active_sessions
field req_1h of_vault req_1h
field err_1h of_vault err_1h
field cert_days_remaining fewest_days
days=$value
field nix_gen nix_gen
field uptime_s uptime_s
payload="$payload}"

status=up
if [ -z "$days" ] || [ "$sound" = false ]; then status=down; fi
curl -sS -f --max-time 10 ${trust === "mesh" ? "--insecure " : ""}--resolve ${to.name}:443:${to.address} -K "$CREDENTIALS_DIRECTORY/push" \\
  -G --data-urlencode "status=$status" --data-urlencode "msg=$payload" -o /dev/null
`;

const MEGABYTES = { used: "(all - $2) / 1024", available: "$2 / 1024" };
