import type { WorkerScript } from "../clouds/cloudflare/workers-store.ts";
import type { Visit } from "./connector.ts";

interface WorkerModule {
  default: { fetch(request: Request, env: object): Response | Promise<Response> };
}

const loaded = new Map<string, Promise<WorkerModule>>();

/**
 * What a Worker answers: its main module runs in the lab's own process, with the texts and secrets of its bindings and
 * no other. @throws Error of its own
 */
export async function runWorker(
  { modules, main, etag, settings }: WorkerScript,
  url: URL,
  visit: Visit,
): Promise<Response> {
  const source = modules.find(({ name }) => name === main)?.base64 ?? "";
  const module = loaded.get(etag) ?? (import(`data:text/javascript;base64,${source}`) as Promise<WorkerModule>);
  loaded.set(etag, module);
  const { method, body } = visit;
  const headers = new Headers(
    Object.entries(visit.headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
  const hasBody = method !== "GET" && method !== "HEAD";
  const request = new Request(url, { method, headers, ...(hasBody && { body: new Uint8Array(body) }) });
  return (await module).default.fetch(request, env(settings.bindings));
}

const env = (bindings: unknown): object =>
  Object.fromEntries(
    ((bindings ?? []) as { name: string; text?: string }[]).flatMap(({ name, text }) =>
      text === undefined ? [] : [[name, text]],
    ),
  );
