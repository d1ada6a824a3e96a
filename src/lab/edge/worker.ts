import { AsyncLocalStorage } from "node:async_hooks";
import { isAlive, kvPairs } from "../clouds/cloudflare/kv-values.ts";
import { scripts, type WorkerScript } from "../clouds/cloudflare/workers-store.ts";
import type { Store } from "../clouds/store.ts";

type Fetch = (request: Request) => Promise<Response>;
interface WorkerModule {
  default: { fetch(request: Request, env: object): Response | Promise<Response> };
}
interface Binding {
  name: string;
  type: string;
  text?: string;
  namespace_id?: string;
  service?: string;
}

/** What `fetch` does for the Worker that is running. */
const beyond = new AsyncLocalStorage<Fetch>();
const FETCH = Symbol.for("fleet.lab.edge.fetch");
Object.assign(globalThis, {
  [FETCH]: (to: RequestInfo | URL, init?: RequestInit) => beyond.getStore()!(new Request(to, init)),
});

/** Seen by a Worker in place of Node's own. */
const PRELUDE = `const fetch = globalThis[Symbol.for(${JSON.stringify(FETCH.description)})];`;
const loaded = new Map<string, Promise<WorkerModule>>();

function load({ modules, main, etag }: WorkerScript): Promise<WorkerModule> {
  const source = Buffer.from(modules.find(({ name }) => name === main)?.base64 ?? "", "base64").toString();
  const url = `data:text/javascript;base64,${Buffer.from(PRELUDE + source).toString("base64")}`;
  const module = loaded.get(etag) ?? (import(url) as Promise<WorkerModule>);
  loaded.set(etag, module);
  return module;
}

/**
 * What a Worker answers: its main module runs in the lab's own process. Of its bindings it gets texts, secrets, KV
 * namespaces and other Workers. @param past what its `fetch` reaches @throws Error of its own
 */
export async function runWorker(store: Store, script: WorkerScript, request: Request, past: Fetch): Promise<Response> {
  const module = await load(script);
  const bindings = (script.settings.bindings ?? []) as Binding[];
  const env = Object.fromEntries(bindings.map((each) => [each.name, bound(store, script.account, each, past)]));
  return beyond.run(past, () => module.default.fetch(request, env));
}

function bound(store: Store, account: string, { type, text, namespace_id, service }: Binding, past: Fetch): unknown {
  if (type === "kv_namespace") return namespace(store, namespace_id!);
  if (type !== "service") return text;
  const script = scripts(store).get(`${account}/${service}`);
  return {
    fetch: (request: Request) => {
      if (!script) throw new Error(`no Worker is called ${service}`);
      return runWorker(store, script, request, past);
    },
  };
}

const namespace = (store: Store, id: string) => ({
  get: async (key: string, type?: "json") => {
    const pair = kvPairs(store).get(`${id}/${key}`);
    if (!isAlive(pair)) return null;
    const value = Buffer.from(pair.base64, "base64").toString();
    return type === "json" ? (JSON.parse(value) as unknown) : value;
  },
  put: async (key: string, value: string, { expirationTtl }: { expirationTtl?: number } = {}) => {
    const base64 = Buffer.from(value).toString("base64");
    const expiration = expirationTtl && Math.floor(Date.now() / 1000) + expirationTtl;
    kvPairs(store).put(`${id}/${key}`, { namespace: id, key, base64, ...(expiration && { expiration }) });
  },
});
