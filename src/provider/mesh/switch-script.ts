import { KEYS, showKeys } from "./key-script.ts";

/**
 * How long a host waits for its tunnels to come back under its new key before it takes the old one again, in seconds.
 */
const SWITCH_SECONDS = 20;
const UNIT = "fleet-mesh-switch";

/**
 * What runs on the host: uses next.key, and keeps it as private.key when every tunnel that was up shakes hands again
 * and every peer that answered answers. Otherwise it goes back by itself, whoever has lost sight of it in the meantime.
 */
const switchProgram = (seconds: number): string => `
set -eu
keys=${KEYS} interface=wg0
live() { # peers that have shaken hands lately
  now=$(date +%s)
  wg show "$interface" latest-handshakes | while read -r key at; do [ $((now - at)) -ge 180 ] || echo "$key"; done
}
answers() { command -v ping >/dev/null && ping -q -c 1 -W 1 "$1" >/dev/null 2>&1; }
use() { # switching keepalive on sends a packet, so that both ends notice at once
  wg set "$interface" private-key "$1"
  wg show "$interface" persistent-keepalive | while read -r key every; do
    wg set "$interface" peer "$key" persistent-keepalive off
    wg set "$interface" peer "$key" persistent-keepalive 25
    [ "$every" != off ] || wg set "$interface" peer "$key" persistent-keepalive off
  done
}
is_back() {
  # a sync of somebody else's has put the old key back
  [ "$(wg show "$interface" public-key)" = "$next" ] || return 1
  shaken=$(wg show "$interface" latest-handshakes)
  for key in $peers; do
    at=$(printf '%s\\n' "$shaken" | awk -v key="$key" '$1 == key { print $2 }')
    [ "\${at:-0}" -gt "$since" ] || return 1
  done
  for address in $addresses; do answers "$address" || return 1; done
}
next=$(wg pubkey <"$keys/next.key")
peers=$(live) addresses=
[ -n "$peers" ] || { echo "no tunnel is up, so nothing would tell whether the new key works"; exit 1; }
for address in $(wg show "$interface" allowed-ips | cut -f 2 | sed -n 's,/32$,,p'); do
  ! answers "$address" || addresses="$addresses $address"
done
since=$(date +%s)
# handshakes are known to the second
sleep 1
end=$(($(date +%s) + ${seconds}))
use "$keys/next.key"
until is_back; do
  if [ "$(date +%s)" -ge "$end" ]; then
    use "$keys/private.key"
    echo "its tunnels did not come back within ${seconds} s under the new key, so it took the old one again"
    exit 1
  fi
  sleep 0.2
done
mv "$keys/next.key" "$keys/private.key"`;

/**
 * Waits for a switch that runs, whoever began it; prints the host's keys as parseKeys() reads them, and on stderr why
 * it went back.
 */
export const outcomeScript = `
while systemctl is-active --quiet ${UNIT}; do sleep 0.2; done${showKeys()}
if [ -s ${KEYS}/next.key ]; then
  journalctl --sync
  journalctl -q -o cat -n 1 _SYSTEMD_UNIT=${UNIT}.service >&2
fi`;

/**
 * Begins the switch to next.key in a unit of its own, which no broken connection ends, unless one runs; then as
 * outcomeScript.
 */
export const switchScript = (seconds = SWITCH_SECONDS): string => `
if [ -s ${KEYS}/next.key ] && ! systemctl is-active --quiet ${UNIT}; then
  systemd-run --quiet --collect --unit=${UNIT} --setenv=PATH="$PATH" \\
    /bin/sh -c '${switchProgram(seconds).replaceAll("'", `'\\''`)}' || exit 1
fi${outcomeScript}`;
