import * as pulumi from "@pulumi/pulumi";
import type { HostKey } from "../ssh/keys.ts";

interface FirstBootKeys {
  /** The machine's host key, OpenSSH format. */
  privateKey: string;
  publicKey: string;
  /** Public keys that may log in as root. */
  operatorKeys: readonly string[];
}

/** User data for a new instance: what firstBootScript() says, with the host key that is already pinned. A secret. */
export function firstBoot({
  hostKey,
  operatorKeys,
}: {
  hostKey: HostKey;
  operatorKeys: readonly string[];
}): pulumi.Output<string> {
  const { publicKey, privateKey } = hostKey;
  return pulumi.secret(
    pulumi
      .all([publicKey, privateKey])
      .apply(([publicKey, privateKey]) => firstBootScript({ publicKey, privateKey, operatorKeys })),
  );
}

/**
 * A script that gives an instance its host key and lets the operators in as root, so that the very first connection is
 * to a machine that has proved who it is. A script, because that is what images of NixOS and images with cloud-init
 * both take as user data. NixOS runs it at every boot: only the first counts.
 */
export const firstBootScript = ({ privateKey, publicKey, operatorKeys }: FirstBootKeys): string => `#!/bin/sh
set -eu
PATH=/run/current-system/sw/bin:/usr/sbin:/usr/bin:/sbin:/bin
done=/var/lib/fleet/first-boot
[ ! -e "$done" ] || exit 0
umask 077
mkdir -p /etc/ssh /root/.ssh /var/lib/fleet
chmod 755 /etc/ssh
key=/etc/ssh/ssh_host_ed25519_key
cat > "$key.new" <<'END'
${privateKey.trim()}
END
cat > "$key.pub" <<'END'
${publicKey.trim()}
END
chmod 644 "$key.pub"
mv "$key.new" "$key"
cat > /root/.ssh/authorized_keys <<'END'
${operatorKeys.map((operator) => operator.trim()).join("\n")}
END
systemctl restart sshd.service || systemctl restart ssh.service
: > "$done"
`;
