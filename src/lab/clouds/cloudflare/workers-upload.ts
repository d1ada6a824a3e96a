import { createHash } from "node:crypto";
import { CloudError, type CloudRequest } from "../http/types.ts";
import { nestedField } from "./form-fields.ts";
import { now, type Json } from "./reply.ts";
import type { WorkerModule, WorkerScript } from "./workers-store.ts";

/**
 * A script from an upload: metadata beside its modules in a form, or the bare text of a service worker. @throws
 * CloudError 10021.
 */
export async function uploadedScript(
  request: CloudRequest,
  account: string,
  name: string,
  old?: WorkerScript,
): Promise<WorkerScript> {
  const { metadata, modules } = await readUpload(request);
  const main = metadata.main_module;
  const entry = main ?? metadata.body_part ?? modules[0]?.name;
  if (!modules.some((module) => module.name === entry))
    throw new CloudError(
      400,
      10021,
      `No such module: "${String(entry)}". The upload has: ${modules.map((module) => module.name).join(", ")}.`,
    );
  const { main_module: _main, body_part: _body, keep_bindings, ...settings } = metadata;
  const uploaded = (settings.bindings ?? []) as Json[];
  const bindings = [...uploaded, ...kept(old, keep_bindings, uploaded)].map((binding) => inherited(binding, old));
  return {
    account,
    name,
    modules,
    settings: { ...settings, bindings },
    schedules: old?.schedules ?? [],
    subdomain: old?.subdomain ?? { enabled: false, previews_enabled: false },
    ...(typeof main === "string" ? { main } : {}),
    etag: createHash("sha256").update(JSON.stringify(modules)).digest("hex"),
    created_on: old?.created_on ?? now(),
    modified_on: now(),
  };
}

async function readUpload(request: CloudRequest): Promise<{ metadata: Json; modules: WorkerModule[] }> {
  const form = await formOf(request);
  if (form === undefined)
    return {
      metadata: {},
      modules: [{ name: "script", type: "application/javascript", base64: request.raw.toString("base64") }],
    };
  const metadata = await nestedField(form, "metadata").catch(() => undefined);
  if (typeof metadata !== "object" || metadata === null)
    throw new CloudError(400, 10021, "The upload needs a part named metadata that holds JSON.");
  return { metadata: metadata as Json, modules: await readModules(form) };
}

/**
 * The official client calls its forms application/javascript: the body tells what it is. @returns undefined for a bare
 * script.
 */
async function formOf(request: CloudRequest): Promise<FormData | undefined> {
  if ((request.headers["content-type"] ?? "").startsWith("multipart/form-data")) return request.form();
  const boundary = /^--(\S+)\r\nContent-Disposition: form-data/i.exec(
    request.raw.subarray(0, 300).toString("latin1"),
  )?.[1];
  if (boundary === undefined) return undefined;
  return new Response(new Uint8Array(request.raw), {
    headers: { "content-type": `multipart/form-data; boundary=${boundary}` },
  }).formData();
}

/** A module goes by its file name, or by its part's name when it has none. */
async function readModules(form: FormData): Promise<WorkerModule[]> {
  const parts = [...form.entries()].filter(([name]) => name !== "metadata" && !name.startsWith("metadata["));
  return Promise.all(
    parts.map(async ([name, part]) =>
      typeof part === "string"
        ? { name, type: "application/javascript", base64: Buffer.from(part).toString("base64") }
        : {
            name: part.name && part.name !== "blob" ? part.name : name,
            type: part.type || "application/octet-stream",
            base64: Buffer.from(await part.arrayBuffer()).toString("base64"),
          },
    ),
  );
}

/** Bindings of the kinds in keep_bindings survive an upload that leaves them out. */
function kept(old: WorkerScript | undefined, kinds: unknown, uploaded: readonly Json[]): Json[] {
  const bindings = (old?.settings.bindings ?? []) as Json[];
  const isNamed = ({ name }: Json) => uploaded.some((binding) => binding.name === name);
  return Array.isArray(kinds) ? bindings.filter((binding) => kinds.includes(binding.type) && !isNamed(binding)) : [];
}

function inherited(binding: Json, old: WorkerScript | undefined): Json {
  if (binding.type !== "inherit") return binding;
  const found = ((old?.settings.bindings ?? []) as Json[]).find(
    (other) => other.name === (binding.old_name ?? binding.name),
  );
  if (found === undefined)
    throw new CloudError(
      400,
      10021,
      `Cannot inherit the binding "${String(binding.name)}": the script has none of that name.`,
    );
  return { ...found, name: binding.name };
}
