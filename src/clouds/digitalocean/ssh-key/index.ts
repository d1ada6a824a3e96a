import { fingerprintsIn } from "../../fingerprint.ts";
import { audited } from "../audited.ts";

interface Shown {
  id: number;
  name: string;
  public_key: string;
}

const fingerprintOf = ({ public_key }: Shown): string => fingerprintsIn(public_key)[0] ?? "of an unknown kind";

export const sshKey = audited<Shown>({
  is: "digitalocean/ssh-key",
  title: "SSH key",
  token: "digitalocean:index/sshKey:SshKey",
  about: "SSH keys",
  list: (client) => client.list("account/keys", "ssh_keys"),
  id: ({ id }) => String(id),
  audit: {
    kind: "ssh-key",
    tell: (shown) => ({ name: shown.name, detail: fingerprintOf(shown) }),
    declared: (shown, { operatorKeys }) => operatorKeys.has(fingerprintOf(shown)),
  },
});
