import { CloudError, type CloudRequest } from "../http/types.ts";
import type { Store } from "../store.ts";
import { accountOf } from "./account.ts";
import type { Json } from "./reply.ts";

export interface WorkerModule {
  name: string;
  type: string;
  base64: string;
}

export interface WorkerScript {
  account: string;
  name: string;
  /** The name of the entry module; left out for a service worker. */
  main?: string;
  modules: WorkerModule[];
  /** bindings, compatibility_date and the like, as the settings show them. */
  settings: Json;
  schedules: Json[];
  /** Whether it answers on the account's workers.dev name. */
  subdomain: Json;
  etag: string;
  created_on: string;
  modified_on: string;
}

export const scripts = (store: Store) => store.collection<WorkerScript>("cloudflare", "workers_scripts");

/** @throws CloudError 10007. */
export function requireScript(store: Store, account: string, name: string): WorkerScript {
  const script = scripts(store).get(`${account}/${name}`);
  if (script === undefined) throw new CloudError(404, 10007, "This Worker does not exist on your account.");
  return script;
}

export const scriptOf = (store: Store, request: CloudRequest): WorkerScript =>
  requireScript(store, accountOf(request), request.params.script ?? "");

export const saveScript = (store: Store, script: WorkerScript): WorkerScript =>
  scripts(store).put(`${script.account}/${script.name}`, script);
