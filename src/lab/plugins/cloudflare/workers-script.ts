import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Properties } from "../../../plugin/types.ts";
import { bare, resourceFacts } from "../schema.ts";
import { ApiError } from "./client.ts";
import { fromApi } from "./convert.ts";
import { facts, tokenOf } from "./facts.ts";
import { fill, type Mapping } from "./mapping.ts";

const path = "/accounts/{accountId}/workers/scripts";

/** A Worker: its code and its metadata go up in one form; they are read back from three places. */
export const workersScript: Mapping = {
  importId: "{accountId}/{scriptName}",
  idField: "scriptName",
  create: `PUT ${path}/{scriptName}`,
  read: `GET ${path}/{scriptName}`,
  update: `PUT ${path}/{scriptName}`,
  delete: `DELETE ${path}/{scriptName}`,
  body: uploadForm,
  load: async (client, at): Promise<Properties> => {
    const { inputs, outputs } = resourceFacts(facts, tokenOf("workersScript"));
    const listed = await client.call<Record<string, unknown>[]>(fill(`GET ${path}`, at));
    const script = listed.find(({ id }) => id === at.scriptName);
    if (script === undefined) throw new ApiError(404, `there is no Worker ${String(at.scriptName)}`);
    const settings = await client.call(fill(`GET ${path}/{scriptName}/settings`, at));
    // What an upload is told to keep is not the program's.
    const declared = ((bare(at.bindings) ?? []) as { name: string }[]).map(({ name }) => name);
    const keeps = (bare(at.keepBindings) ?? []) as string[];
    const bindings = ((settings.bindings ?? []) as { name: string; type: string }[]).filter(
      ({ name, type }) => declared.includes(name) || !keeps.includes(type),
    );
    const content = await (await client.raw(fill(`GET ${path}/{scriptName}/content/v2`, at))).text();
    const known = { ...inputs, ...Object.fromEntries(outputs.map((name) => [name, { type: "any" }])) };
    return {
      ...fromApi({ ...script, ...settings, bindings }, known, "snake"),
      content,
      contentSha256: createHash("sha256").update(content).digest("hex"),
    };
  },
  computed: [
    "compatibilityDate",
    "compatibilityFlags",
    "limits",
    "placement",
    "observability",
    "tailConsumers",
    "usageModel",
    "migrations",
    "annotations",
    "content",
    "contentSha256",
  ],
  unreadable: [
    "annotations",
    "assets",
    "bodyPart",
    "contentFile",
    "contentType",
    "exports",
    "files",
    "force",
    "keepAssets",
    "keepBindings",
    "mainModule",
    "migrations",
    "packageDependencies",
  ],
};

/** @throws Error when there is no code or contentFile cannot be read. */
function uploadForm(body: Record<string, unknown>): FormData {
  const {
    content,
    content_file,
    content_type,
    content_sha256: _hash,
    files: _files,
    force: _force,
    script_name: _name,
    ...metadata
  } = body;
  const code =
    typeof content === "string"
      ? content
      : typeof content_file === "string"
        ? readFileSync(content_file, "utf8")
        : undefined;
  if (code === undefined) throw new Error("a WorkersScript needs its code: set content or contentFile");
  const entry = String(metadata.main_module ?? metadata.body_part ?? "worker.js");
  const service = metadata.body_part !== undefined || metadata.main_module === undefined;
  const type = String(content_type ?? (service ? "application/javascript" : "application/javascript+module"));
  const form = new FormData();
  form.set(
    "metadata",
    new Blob([JSON.stringify({ ...metadata, ...(service ? { body_part: entry } : {}) })], { type: "application/json" }),
  );
  form.set(entry, new File([code], entry, { type }));
  return form;
}
