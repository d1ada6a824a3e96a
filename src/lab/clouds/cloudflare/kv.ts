import { CloudError, type CloudRequest, type Route } from "../http/types.ts";
import type { Store } from "../store.ts";
import { accountOf } from "./account.ts";
import { bodyOf, newId, ok, paged, text, type Json } from "./reply.ts";

export interface KvNamespace {
  id: string;
  account: string;
  title: string;
}

export const kvNamespaces = (store: Store) => store.collection<KvNamespace>("cloudflare", "kv_namespaces");

/** The namespace in the path. @throws CloudError 10013. */
export function kvNamespaceOf(store: Store, request: CloudRequest): KvNamespace {
  const namespace = kvNamespaces(store).get(request.params.namespace_id ?? "");
  if (namespace === undefined || namespace.account !== accountOf(request))
    throw new CloudError(404, 10013, "get namespace: 'namespace not found'");
  return namespace;
}

export function kvNamespaceRoutes(store: Store): Route[] {
  const base = "/accounts/{account_id}/storage/kv/namespaces";
  const ofAccount = (account: string): KvNamespace[] =>
    kvNamespaces(store)
      .list()
      .filter((namespace) => namespace.account === account);

  const titled = (request: CloudRequest, verb: string, id: string): KvNamespace => {
    const title = text(bodyOf(request), "title");
    if (ofAccount(accountOf(request)).some((other) => other.title === title && other.id !== id)) {
      throw new CloudError(
        400,
        10014,
        `${verb} namespace: 'a namespace with this account ID and title already exists'`,
      );
    }
    return kvNamespaces(store).put(id, { id, account: accountOf(request), title });
  };

  return [
    {
      method: "GET",
      path: base,
      handle: (request) => {
        const sign = request.query.get("direction") === "desc" ? -1 : 1;
        const order = request.query.get("order") === "id" ? "id" : "title";
        const found = ofAccount(accountOf(request)).sort((a, b) => sign * a[order].localeCompare(b[order]));
        return paged(request, found.map(render), 20, 100);
      },
    },
    { method: "POST", path: base, handle: (request) => ok(render(titled(request, "create", newId()))) },
    { method: "GET", path: `${base}/{namespace_id}`, handle: (request) => ok(render(kvNamespaceOf(store, request))) },
    {
      method: "PUT",
      path: `${base}/{namespace_id}`,
      handle: (request) => ok(render(titled(request, "rename", kvNamespaceOf(store, request).id))),
    },
    {
      method: "DELETE",
      path: `${base}/{namespace_id}`,
      handle: (request) => {
        kvNamespaces(store).delete(kvNamespaceOf(store, request).id);
        return ok(null);
      },
    },
  ];
}

const render = ({ id, title }: KvNamespace): Json => ({ id, title, supports_url_encoding: true });
