import { FOUND_KEY, INTERFACE } from "./interface.ts";

/** What the host's own private key is kept in. It is made on the host and never leaves it. */
export const KEYS = "/var/lib/wireguard";
export const PEERS = "/etc/fleet/wireguard-peers.conf";
export const SCRIPT = "/etc/fleet/wireguard.sh";

const VERBS =
  '"up" brings the interface up and stays with it, "sync" brings its peers to what the file says, ' +
  '"save" remembers where they are. "read", "write" and "remove" make it a keeper of records.';
const ADD_BOTH_KEYS =
  'if (!($5 in held)) print "add", $5, $3; if (!($4 in held)) print "add", $4, $3, held[$5] == $2 ? "" : $2';

/**
 * The program of the unit, in POSIX sh. The private key goes from its file into the interface and through nothing else.
 * A sync does what `wg syncconf` does, but for the peers that stay as they are: that takes their addresses away for a
 * moment, and a packet may be lost.
 */
export const wireguardScript = `#!/bin/sh
# Made by fleet. ${VERBS}
# From the unit: ADDRESS (10.84.0.1/24), and PORT where others dial this host.
set -eu
umask 077
interface=${INTERFACE} keys=${KEYS} peers=${PEERS}
${FOUND_KEY}

differences() { # "add key endpoint addresses" and "remove key"; fails where a host would lose its hub
  { wg show "$interface" allowed-ips; echo --; wg show "$interface" endpoints; echo --; cat "$peers"; } | awk '
    $0 == "--" { part++; next }
    part == 0 { held[$1] = $2 == "(none)" ? "" : $2; next }
    part == 1 { at[$1] = $2; next }
    /^#/ { next }
    # a host that could not be made yet has no key
    NF == 3 { if ($3 != "-") lost = 1; next }
    NF == 4 { wanted[$4]; if (!($4 in held) || held[$4] != $2 || ($3 != "-" && at[$4] != $3)) print "add", $4, $3, $2 }
    # a next key is a peer without addresses, and follow gives them to it
    NF == 5 { wanted[$4]; wanted[$5]; ${ADD_BOTH_KEYS} }
    END { for (key in held) if (!(key in wanted)) print "remove", key; exit lost }'
}
sync() {
  todo=$(differences) || { echo "the key of the hub is missing in $peers" >&2; exit 1; }
  [ "$(wg pubkey <"$keys/private.key")" = "$(wg show "$interface" public-key)" ] || wg set "$interface" private-key "$keys/private.key"
  [ "\${PORT-}" = "" ] || [ "$(wg show "$interface" listen-port)" = "$PORT" ] || wg set "$interface" listen-port "$PORT"
  printf '%s\\n' "$todo" | while read -r what key endpoint addresses; do
    [ "$what" = add ] || continue
    printf '[Peer]\\nPublicKey = %s\\n' "$key"
    if [ "$endpoint" != - ]; then printf 'Endpoint = %s\\nPersistentKeepalive = 25\\n' "$endpoint"; fi
    if [ -n "$addresses" ]; then printf 'AllowedIPs = %s\\n' "$addresses"; fi
  done | wg addconf "$interface" /dev/stdin
  for key in $(printf '%s\\n' "$todo" | sed -n 's/^remove //p'); do wg set "$interface" peer "$key" remove; done
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
    found_key >"$keys/private.key.new" || wg genkey >"$keys/private.key.new"
    # whoever was first
    ln "$keys/private.key.new" "$keys/private.key" || true
    rm -f "$keys/private.key.new"
  fi
  # one that is there goes on, with the tunnels that it has
  [ -e "/sys/class/net/$interface" ] || ip link add "$interface" type wireguard 2>/dev/null || wireguard-go "$interface"
  sync
  ip address replace "$ADDRESS" dev "$interface"
  ip link set "$interface" up
  call
}

# What nobody declared: peers that the interface has and the file has not, as "key addresses".
unlisted() {
  [ -e "/sys/class/net/$interface" ] || return 0
  held=$(wg show "$interface" allowed-ips) || { echo "wg does not tell the peers of $interface"; exit 1; }
  { printf '%s\\n' "$held"; echo --; cat "$peers"; } | awk '
    $0 == "--" { listed = 1; next }
    !listed { if (NF) { key = $1; $1 = ""; held[key] = $0 } next }
    !/^#/ { known[$4]; known[$5] }
    END { for (key in held) if (!(key in known)) print key held[key] }' | sort
}

case $1 in
  read)
    more=$(unlisted) || { echo "$more"; exit 1; }
    more=$(printf '%s' "$more" | sed 's/.*/"&"/' | paste -s -d , -)
    printf '{"interface %s": {"unlisted": [%s]}}\\n' "$interface" "$more"
    ;;
  write) sync ;;
  remove) ;;
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
esac
`;
