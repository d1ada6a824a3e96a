import type { IncomingMessage } from "node:http";
import type { CloudDefinition, CloudRequest } from "./types.ts";

/** Reads a whole request. @throws Error when the client goes away in the middle of it. */
export async function readRequest(incoming: IncomingMessage, definition: CloudDefinition): Promise<CloudRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const raw = Buffer.concat(chunks);
  const [pathname = "/", search = ""] = (incoming.url ?? "/").split("?", 2);
  const inside = pathname === definition.basePath || pathname.startsWith(`${definition.basePath}/`);
  const request: CloudRequest = {
    method: incoming.method ?? "GET",
    // A path outside the base path keeps its full form and matches no route.
    path: inside ? pathname.slice(definition.basePath.length) || "/" : `/..${pathname}`,
    params: {},
    query: new URLSearchParams(search),
    headers: incoming.headers,
    raw,
    json: () => parseJson(raw, definition),
    form: () => parseForm(raw, incoming.headers["content-type"] ?? "", definition),
  };
  if (definition.pathOf) request.path = definition.pathOf(request);
  return request;
}

function parseJson(raw: Buffer, definition: CloudDefinition): unknown {
  if (raw.length === 0) return {};
  try {
    return JSON.parse(raw.toString("utf8"));
  } catch {
    throw definition.errorForStatus(400);
  }
}

async function parseForm(raw: Buffer, contentType: string, definition: CloudDefinition): Promise<FormData> {
  try {
    return await new Response(new Uint8Array(raw), { headers: { "content-type": contentType } }).formData();
  } catch {
    throw definition.errorForStatus(400);
  }
}
