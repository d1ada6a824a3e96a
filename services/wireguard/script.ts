/** What the host's own private key is kept in. It is made on the host and never leaves it. */
export const KEYS = "/var/lib/wireguard";
export const PEERS = "/etc/fleet/wireguard-peers.conf";
export const SCRIPT = "/etc/fleet/wireguard.sh";
export const INTERFACE = "wg0";

/**
 * The program of the unit, in POSIX sh. The private key goes from its file into `wg` through a pipe. A tunnel whose peer stays as it is goes
 * on through a sync: `wg syncconf` touches only what differs.
 */
export const wireguardScript = `#!/bin/sh
# Made by fleet. "up" brings the interface up and stays with it, "sync" brings its peers to what the file says, "down" takes it away;
# "save" remembers before that where the peers were.
# From the unit: ADDRESS (10.84.0.1/24), and PORT where others dial this host.
set -eu
umask 077
interface=${INTERFACE} keys=${KEYS} peers=${PEERS}

peer() { # key endpoint addresses
  printf '\\n[Peer]\\nPublicKey = %s\\n' "$1"
  if [ "$2" != - ]; then printf 'Endpoint = %s\\nPersistentKeepalive = 25\\n' "$2"; fi
  if [ -n "$3" ]; then printf 'AllowedIPs = %s\\n' "$3"; fi
}
config() {
  read -r private <"$keys/private.key" || return 1
  # without one, a sync would take another
  printf '[Interface]\\nPrivateKey = %s\\nListenPort = %s\\n' "$private" "\${PORT:-$(wg show "$interface" listen-port)}"
  while read -r name addresses endpoint key next; do
    case $name,$endpoint,$key in
      # a host that could not be made yet has no key; a host without its hub would be cut off
      '#'* | *,-,) continue ;;
      *,) return 1 ;;
    esac
    peer "$key" "$endpoint" "$addresses"
    if [ -n "$next" ]; then peer "$next" "$endpoint" ''; fi
  done <"$peers" || return 1
}
sync() {
  text=$(config) || { echo "the private key is missing, or $peers, or a key there" >&2; exit 1; }
  printf '%s\\n' "$text" | wg syncconf "$interface" /dev/stdin
}

# While a peer changes its key it has two: its addresses belong to the one that shook hands last.
holders() { # "address key" of each such peer
  { wg show "$interface" latest-handshakes; echo; cat "$peers"; } | awk '
    NF == 0 { listed = 1 }
    !listed { shook[$1] = $2 }
    listed && NF == 5 && $1 !~ /^#/ { print $2, (shook[$5] > 0 && shook[$5] >= shook[$4] ? $5 : $4) }'
}
follow() {
  pause=2
  wanted=$(holders) || return 0
  [ -n "$wanted" ] || return 0
  pause=0.2
  held=$(wg show "$interface" allowed-ips | tr '\\t' ' ')
  printf '%s\\n' "$wanted" | while read -r address key; do
    case $held in *"$key $address"*) ;; *) wg set "$interface" peer "$key" allowed-ips "$address" ;; esac
  done
}

# Hosts that dial this one would notice only after a while that it has forgotten them: it calls them from where they were.
save() { wg show "$interface" endpoints >"$keys/endpoints.new" && mv "$keys/endpoints.new" "$keys/endpoints"; }
call() {
  if [ -z "\${PORT-}" ] || [ ! -s "$keys/endpoints" ]; then return 0; fi
  known=$(wg show "$interface" peers)
  while read -r key endpoint; do
    case $endpoint,$known in '(none)',*) ;; *"$key"*)
      # switching keepalive on sends a packet
      wg set "$interface" peer "$key" endpoint "$endpoint" persistent-keepalive 25
      wg set "$interface" peer "$key" persistent-keepalive off ;;
    esac
  done <"$keys/endpoints"
}

up() {
  if [ ! -s "$keys/private.key" ]; then
    wg genkey >"$keys/private.key.new"
    # whoever was first
    ln "$keys/private.key.new" "$keys/private.key" || true
    rm -f "$keys/private.key.new"
  fi
  down
  ip link add "$interface" type wireguard 2>/dev/null || wireguard-go "$interface"
  sync
  ip address replace "$ADDRESS" dev "$interface"
  ip link set "$interface" up
  call
}
down() { ip link delete "$interface" 2>/dev/null || true; }

case $1 in
  up)
    up
    systemd-notify --ready
    while [ -e "/sys/class/net/$interface" ]; do
      follow || true
      sleep "$pause"
    done
    echo "$interface is gone" >&2
    exit 1
    ;;
  sync) sync ;;
  save) save ;;
  down) down ;;
esac
`;
