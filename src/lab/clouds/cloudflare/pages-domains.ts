import { CloudError, type CloudRequest, type Route } from "../http/types.ts";
import type { Store } from "../store.ts";
import { pagesProjectOf, type PagesProject } from "./pages.ts";
import { bodyOf, newId, now, ok, text, type Json } from "./reply.ts";
import { inZone, zones } from "./zones.ts";

interface PagesDomain {
  project: string;
  account: string;
  name: string;
  id: string;
  created_on: string;
}

const domains = (store: Store) => store.collection<PagesDomain>("cloudflare", "pages_domains");

const domainsOf = (store: Store, project: PagesProject): PagesDomain[] =>
  domains(store)
    .list()
    .filter((domain) => domain.project === project.name && domain.account === project.account);

export const domainNamesOf = (store: Store, project: PagesProject): string[] =>
  domainsOf(store, project).map(({ name }) => name);

export function pagesDomainRoutes(store: Store): Route[] {
  const base = "/accounts/{account_id}/pages/projects/{project}/domains";

  const find = (request: CloudRequest): PagesDomain => {
    const found = domainsOf(store, pagesProjectOf(store, request)).find(({ name }) => name === request.params.domain);
    if (found === undefined) throw new CloudError(404, 8000021, "The requested domain does not exist in this project.");
    return found;
  };
  const add = (request: CloudRequest, body: Json): PagesDomain => {
    const project = pagesProjectOf(store, request);
    const name = text(body, "name").toLowerCase();
    if (!/^([a-z0-9-]+\.)+[a-z0-9-]+$/.test(name)) throw new CloudError(400, 8000015, "The domain name is invalid.");
    if (domains(store).get(name) !== undefined)
      throw new CloudError(409, 8000018, "You have already added this custom domain.");
    return domains(store).put(name, {
      project: project.name,
      account: project.account,
      name,
      id: newId(),
      created_on: now(),
    });
  };
  const render = ({ project: _project, account: _account, ...domain }: PagesDomain): Json => ({
    ...domain,
    domain_id: domain.id,
    status: "active",
    zone_tag:
      zones(store)
        .list()
        .find((zone) => inZone(zone, domain.name))?.id ?? "",
    certificate_authority: "google",
    validation_data: { method: "http", status: "active" },
    verification_data: { status: "active" },
  });

  return [
    {
      method: "GET",
      path: base,
      handle: (request) => ok(domainsOf(store, pagesProjectOf(store, request)).map(render)),
    },
    { method: "POST", path: base, handle: (request) => ok(render(add(request, bodyOf(request)))) },
    { method: "GET", path: `${base}/{domain}`, handle: (request) => ok(render(find(request))) },
    { method: "PATCH", path: `${base}/{domain}`, handle: (request) => ok(render(find(request))) },
    {
      method: "DELETE",
      path: `${base}/{domain}`,
      handle: (request) => {
        domains(store).delete(find(request).name);
        return ok(null);
      },
    },
  ];
}
