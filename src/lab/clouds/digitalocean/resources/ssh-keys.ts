import { z } from "zod";
import type { CloudRequest, Route } from "../../http/types.ts";
import { fingerprintOf } from "../../public-key.ts";
import type { Api } from "../api/api.ts";
import { notFound, unprocessable } from "../api/errors.ts";
import { listReply } from "../api/listing.ts";
import type { SshKeyRecord } from "../api/records.ts";
import { readBody } from "../api/validate.ts";

const name = z.string().min(1, "is too short").max(255, "is too long");
const CREATE = z.object({ name, public_key: z.string() });
const UPDATE = z.object({ name });

/** A key by its number or its fingerprint. */
export const findKey = (api: Api, idOrFingerprint: string): SshKeyRecord | undefined =>
  api.ssh_keys.get(idOrFingerprint) ?? api.ssh_keys.list().find(({ fingerprint }) => fingerprint === idOrFingerprint);

export function sshKeyRoutes(api: Api): Route[] {
  const find = ({ params }: CloudRequest): SshKeyRecord => {
    const key = findKey(api, params.key ?? "");
    if (key === undefined) throw notFound();
    return key;
  };
  const path = "/account/keys";
  return [
    {
      method: "GET",
      path,
      handle: (request) => listReply(request, "ssh_keys", api.ssh_keys.list(), (key) => key),
    },
    {
      method: "POST",
      path,
      handle: (request) => {
        const body = readBody(request, CREATE);
        const fingerprint = fingerprintOf(body.public_key);
        if (fingerprint === undefined)
          throw unprocessable("Key invalid, key should be of the format `ssh-rsa [key] [user@host]`");
        if (findKey(api, fingerprint) !== undefined) throw unprocessable("SSH Key is already in use on your account");
        const key = { id: api.newId(), name: body.name, fingerprint, public_key: body.public_key.trim() };
        return { status: 201, body: { ssh_key: api.ssh_keys.put(key.id, key) } };
      },
    },
    { method: "GET", path: `${path}/{key}`, handle: (request) => ({ body: { ssh_key: find(request) } }) },
    {
      method: "PUT",
      path: `${path}/{key}`,
      handle: (request) => {
        const key = find(request);
        return { body: { ssh_key: api.ssh_keys.put(key.id, { ...key, ...readBody(request, UPDATE) }) } };
      },
    },
    {
      method: "DELETE",
      path: `${path}/{key}`,
      handle: (request) => {
        api.ssh_keys.delete(find(request).id);
        return { status: 204 };
      },
    },
  ];
}
