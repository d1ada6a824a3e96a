import { FOUND_KEY } from "../../../services/wireguard/interface.ts";
import { INSTALL_LIBRARY } from "../aspects/packages/install.ts";

/**
 * Where a host keeps its WireGuard keys: private.key, and next.key while it gets a new one. The service reads them
 * there.
 */
export const KEYS = "/var/lib/wireguard";

/** Prints the public halves of the keys that a host has, as parseKeys() reads them; nothing when it has none. */
export const showKeys = (folder = KEYS): string => `
for name in private next; do
  if [ -s ${folder}/$name.key ]; then printf '%s %s\\n' "$name" "$(wg pubkey <${folder}/$name.key)"; fi
done`;

/** @throws by its exit code where there is a key and no \`wg\` to read it with */
export const readKeysScript = (folder = KEYS): string => `set -e${showKeys(folder)}`;

/**
 * Makes a key named \`name\` unless there is one, by the tools of WireGuard, which are installed if need be. Of two at
 * once the first counts. A WireGuard that was here before the fleet keeps its key.
 */
export const makeKeyScript = (name: "private" | "next", folder = KEYS): string => `set -e
${INSTALL_LIBRARY}
if ! command -v wg >/dev/null; then
  if command -v nix-build >/dev/null; then PATH=$PATH:$(nix-build --no-out-link '<nixpkgs>' -A wireguard-tools)/bin
  else { install_packages wireguard-tools || { refresh_packages && install_packages wireguard-tools; }; } >&2; fi
fi
${FOUND_KEY}
umask 077
mkdir -p ${folder}
if [ ! -s ${folder}/${name}.key ]; then
  ${name === "private" ? "{ found_key || wg genkey; }" : "wg genkey"} >${folder}/${name}.key.$$
  ln ${folder}/${name}.key.$$ ${folder}/${name}.key || [ -s ${folder}/${name}.key ]
  rm -f ${folder}/${name}.key.$$
fi${showKeys(folder)}`;

export const removeKeysScript = (folder = KEYS): string =>
  `rm -f ${folder}/private.key ${folder}/next.key; rmdir ${folder} 2>/dev/null || true`;

/** Public keys, as \`wg\` writes them. */
export interface PublicKeys {
  publicKey: string;
  /** Empty unless the host gets a new key. */
  nextPublicKey: string;
}

/** @returns undefined when the host has no key. @throws Error when a line is no key */
export function parseKeys(output: string): PublicKeys | undefined {
  const lines = output.split("\n").filter((line) => line !== "");
  const found = new Map(
    lines.map((line) => {
      const match = /^(private|next) ([A-Za-z0-9+/]{43}=)$/.exec(line);
      if (!match) throw new Error("the host's answer is no WireGuard key");
      return [match[1]!, match[2]!];
    }),
  );
  const publicKey = found.get("private");
  return publicKey === undefined ? undefined : { publicKey, nextPublicKey: found.get("next") ?? "" };
}
