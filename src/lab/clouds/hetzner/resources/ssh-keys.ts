import { createHash } from "node:crypto";
import { z } from "zod";
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
      requireFreeName(title, api.ssh_keys, body.name);
      if (api.ssh_keys.list().some((key) => key.fingerprint === fingerprint)) throw notUnique(title, "fingerprint");
      const key: SshKeyRecord = { ...newBase(api, body), fingerprint, public_key: body.public_key };
      return { status: 201, body: { ssh_key: api.ssh_keys.put(key.id, key) } };
    },
  };
}

/** MD5 in pairs, as the vendor shows it. @throws CloudError invalid_input when it is no OpenSSH public key. */
export function fingerprintOf(publicKey: string): string {
  const [type = "", blob = ""] = publicKey.trim().split(/\s+/);
  const bytes = Buffer.from(blob, "base64");
  const named = bytes.length > 4 ? bytes.subarray(4, 4 + bytes.readUInt32BE(0)).toString() : "";
  if (type === "" || named !== type) throw invalidField("public_key", "is not a valid OpenSSH public key");
  return (createHash("md5").update(bytes).digest("hex").match(/../g) ?? []).join(":");
}
