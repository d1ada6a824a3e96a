import { fingerprintsIn } from "../../fingerprint.ts";
import { audited } from "../audited.ts";
import type { Named } from "../shapes.ts";

interface Shown extends Named {
  public_key: string;
}

const fingerprintOf = ({ public_key }: Shown): string => fingerprintsIn(public_key)[0] ?? "of an unknown kind";

export const sshKey = audited<Shown>({
  is: "hetzner/ssh-key",
  title: "SSH key",
  token: "hcloud:index/sshKey:SshKey",
  about: "SSH keys",
  collection: "ssh_keys",
  audit: {
    kind: "ssh-key",
    tell: (shown) => ({ name: shown.name, detail: fingerprintOf(shown) }),
    declared: (shown, { operatorKeys }) => operatorKeys.has(fingerprintOf(shown)),
  },
});
