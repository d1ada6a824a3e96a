import { z } from "zod";
import { fingerprintOf } from "../../public-key.ts";
import { requireFreeName, type Api } from "../api/api.ts";
import { invalidField, notUnique } from "../api/errors.ts";
import type { SshKeyRecord } from "../api/records.ts";
import { newBase, type Resource } from "../api/resource.ts";
import { labels, name, optional, readBody } from "../api/validate.ts";

const CREATE = z.object({ name, public_key: z.string(), labels: optional(labels) });

export function sshKeys(api: Api): Resource<SshKeyRecord> {
  const title = "SSH Key";
  return {
    many: "ssh_keys",
    one: "ssh_key",
    title,
    records: api.ssh_keys,
    sorts: ["id", "name"],
    filters: { fingerprint: (key, [fingerprint]) => key.fingerprint === fingerprint },
    view: (key) => key,
    create: (request) => {
      const body = readBody(request, CREATE);
      const fingerprint = fingerprintOf(body.public_key);
      if (fingerprint === undefined) throw invalidField("public_key", "is not a valid OpenSSH public key");
      requireFreeName(title, api.ssh_keys, body.name);
      if (api.ssh_keys.list().some((key) => key.fingerprint === fingerprint)) throw notUnique(title, "fingerprint");
      const key: SshKeyRecord = { ...newBase(api, body), fingerprint, public_key: body.public_key };
      return { status: 201, body: { ssh_key: api.ssh_keys.put(key.id, key) } };
    },
  };
}
