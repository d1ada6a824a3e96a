/** The interface that the mesh uses on every host. */
export const INTERFACE = "wg0";

/**
 * A function of sh that prints the private key of an interface which was here before the fleet, up or only configured;
 * fails when there was none. Whoever knows the host by that key goes on knowing it.
 */
export const FOUND_KEY = `found_key() {
  {
    wg show ${INTERFACE} private-key 2>/dev/null
    sed -n 's/^[[:space:]]*PrivateKey[[:space:]]*=[[:space:]]*//p' /etc/wireguard/${INTERFACE}.conf 2>/dev/null
  } | sed -n 's,^\\([A-Za-z0-9+/]\\{43\\}=\\).*,\\1,p' | head -n 1 | grep .
}`;
