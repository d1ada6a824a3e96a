import type { Properties } from "../../../plugin/types.ts";
import { bare } from "../schema.ts";
import { ApiError } from "./client.ts";
import type { Mapping } from "./mapping.ts";
import { workersKv } from "./workers-kv.ts";
import { workersScript } from "./workers-script.ts";

const bucket = "/accounts/{accountId}/r2/buckets/{bucketName}";
const jurisdiction = (properties: Properties): Record<string, string> => {
  const asked = bare(properties.jurisdiction);
  return asked === undefined || asked === "default" ? {} : { "cf-r2-jurisdiction": String(asked) };
};

/** A tunnel that was deleted is still shown. @throws ApiError 404 */
function gone(tunnel: Record<string, unknown>): Record<string, unknown> {
  if (tunnel.deleted_at) throw new ApiError(404, "the tunnel was deleted");
  return tunnel;
}

/**
 * Every resource type by its name in the package's index module. Paths: the API's documentation; import ids: the
 * provider's.
 */
export const table: Record<string, Mapping> = {
  zone: {
    importId: "{id}",
    create: "POST /zones",
    read: "GET /zones/{id}",
    update: "PATCH /zones/{id}",
    delete: "DELETE /zones/{id}",
    body: ({ account, ...body }) => ({ ...body, account }),
    shape: (zone) => ({ ...zone, account: { id: (zone.account as { id: string }).id } }),
    computed: ["vanityNameServers"],
  },
  zoneSetting: {
    importId: "{zoneId}/{settingId}",
    idField: "settingId",
    create: "PATCH /zones/{zoneId}/settings/{settingId}",
    read: "GET /zones/{zoneId}/settings/{settingId}",
    update: "PATCH /zones/{zoneId}/settings/{settingId}",
    unreadable: ["enabled"],
  },
  dnsRecord: {
    importId: "{zoneId}/{id}",
    create: "POST /zones/{zoneId}/dns_records",
    read: "GET /zones/{zoneId}/dns_records/{id}",
    update: "PUT /zones/{zoneId}/dns_records/{id}",
    delete: "DELETE /zones/{zoneId}/dns_records/{id}",
    shape: (record) => ({ ...record, meta: JSON.stringify(record.meta) }),
    // A record is declared by its data or by its content; Cloudflare makes the other.
    computed: ["content", "data", "settings"],
    unreadable: ["includeShadowMetadata", "privateRouting"],
  },
  r2Bucket: {
    importId: "{accountId}/{name}/{jurisdiction?}",
    idField: "name",
    create: "POST /accounts/{accountId}/r2/buckets",
    read: "GET /accounts/{accountId}/r2/buckets/{id}",
    update: "PATCH /accounts/{accountId}/r2/buckets/{id}",
    delete: "DELETE /accounts/{accountId}/r2/buckets/{id}",
    naming: "camel",
    headers: (properties) => ({
      ...jurisdiction(properties),
      "cf-r2-storage-class": String(bare(properties.storageClass) ?? "Standard"),
    }),
    body: ({ name, location, storageClass }) => ({ name, locationHint: location, storageClass }),
    shape: ({ name, creation_date, location, storage_class, jurisdiction }) => ({
      name,
      creationDate: creation_date,
      location: String(location).toLowerCase(),
      storageClass: storage_class,
      jurisdiction,
    }),
    computed: ["location", "jurisdiction"],
  },
  r2BucketCors: {
    idField: "bucketName",
    create: `PUT ${bucket}/cors`,
    read: `GET ${bucket}/cors`,
    update: `PUT ${bucket}/cors`,
    delete: `DELETE ${bucket}/cors`,
    naming: "camel",
    headers: jurisdiction,
    body: ({ rules }) => ({ rules }),
    unreadable: ["jurisdiction"],
  },
  r2BucketLifecycle: {
    idField: "bucketName",
    create: `PUT ${bucket}/lifecycle`,
    read: `GET ${bucket}/lifecycle`,
    update: `PUT ${bucket}/lifecycle`,
    delete: `PUT ${bucket}/lifecycle`,
    deleteBody: { rules: [] },
    naming: "camel",
    headers: jurisdiction,
    body: ({ rules }) => ({ rules }),
    unreadable: ["jurisdiction"],
  },
  r2CustomDomain: {
    idField: "domain",
    create: `POST ${bucket}/domains/custom`,
    read: `GET ${bucket}/domains/custom/{id}`,
    update: `PUT ${bucket}/domains/custom/{id}`,
    delete: `DELETE ${bucket}/domains/custom/{id}`,
    naming: "camel",
    headers: jurisdiction,
    body: ({ jurisdiction: _, ...body }) => body,
    computed: ["minTls", "ciphers"],
    unreadable: ["jurisdiction"],
  },
  r2ManagedDomain: {
    idField: "bucketName",
    create: `PUT ${bucket}/domains/managed`,
    read: `GET ${bucket}/domains/managed`,
    update: `PUT ${bucket}/domains/managed`,
    delete: `PUT ${bucket}/domains/managed`,
    deleteBody: { enabled: false },
    naming: "camel",
    headers: jurisdiction,
    body: ({ enabled }) => ({ enabled }),
    unreadable: ["jurisdiction"],
  },
  workersScript,
  workersRoute: {
    importId: "{zoneId}/{id}",
    create: "POST /zones/{zoneId}/workers/routes",
    read: "GET /zones/{zoneId}/workers/routes/{id}",
    update: "PUT /zones/{zoneId}/workers/routes/{id}",
    delete: "DELETE /zones/{zoneId}/workers/routes/{id}",
  },
  workersCustomDomain: {
    importId: "{accountId}/{id}",
    create: "PUT /accounts/{accountId}/workers/domains",
    read: "GET /accounts/{accountId}/workers/domains/{id}",
    delete: "DELETE /accounts/{accountId}/workers/domains/{id}",
    computed: ["environment", "zoneId", "zoneName"],
  },
  workersKvNamespace: {
    importId: "{accountId}/{id}",
    create: "POST /accounts/{accountId}/storage/kv/namespaces",
    read: "GET /accounts/{accountId}/storage/kv/namespaces/{id}",
    update: "PUT /accounts/{accountId}/storage/kv/namespaces/{id}",
    delete: "DELETE /accounts/{accountId}/storage/kv/namespaces/{id}",
    unreadable: ["jurisdiction"],
  },
  workersKv,
  pagesProject: {
    importId: "{accountId}/{name}",
    idField: "name",
    create: "POST /accounts/{accountId}/pages/projects",
    read: "GET /accounts/{accountId}/pages/projects/{name}",
    update: "PATCH /accounts/{accountId}/pages/projects/{name}",
    delete: "DELETE /accounts/{accountId}/pages/projects/{name}",
    // A project's domains and deployments come and go without it.
    shape: ({ domains: _domains, latest_deployment: _latest, canonical_deployment: _canonical, ...project }) => project,
    computed: ["buildConfig", "deploymentConfigs", "source"],
  },
  pagesDomain: {
    importId: "{accountId}/{projectName}/{name}",
    idField: "name",
    create: "POST /accounts/{accountId}/pages/projects/{projectName}/domains",
    read: "GET /accounts/{accountId}/pages/projects/{projectName}/domains/{name}",
    delete: "DELETE /accounts/{accountId}/pages/projects/{projectName}/domains/{name}",
  },
  d1Database: {
    importId: "{accountId}/{id}",
    idField: "uuid",
    create: "POST /accounts/{accountId}/d1/database",
    read: "GET /accounts/{accountId}/d1/database/{id}",
    update: "PUT /accounts/{accountId}/d1/database/{id}",
    delete: "DELETE /accounts/{accountId}/d1/database/{id}",
    computed: ["readReplication", "jurisdiction"],
    unreadable: ["primaryLocationHint", "fields"],
  },
  zeroTrustTunnelCloudflared: {
    importId: "{accountId}/{id}",
    create: "POST /accounts/{accountId}/cfd_tunnel",
    read: "GET /accounts/{accountId}/cfd_tunnel/{id}",
    update: "PATCH /accounts/{accountId}/cfd_tunnel/{id}",
    delete: "DELETE /accounts/{accountId}/cfd_tunnel/{id}",
    // Connections come and go without it.
    shape: ({ connections: _c, status: _s, conns_active_at: _a, conns_inactive_at: _i, ...tunnel }) => gone(tunnel),
    unreadable: ["tunnelSecret"],
  },
  zeroTrustTunnelCloudflaredConfig: {
    importId: "{accountId}/{tunnelId}",
    idField: "tunnelId",
    create: "PUT /accounts/{accountId}/cfd_tunnel/{tunnelId}/configurations",
    read: "GET /accounts/{accountId}/cfd_tunnel/{tunnelId}/configurations",
    update: "PUT /accounts/{accountId}/cfd_tunnel/{tunnelId}/configurations",
    naming: "camel",
    body: ({ config }) => ({ config }),
    shape: ({ created_at, ...document }) => ({ ...document, createdAt: created_at }),
    whole: ["config"],
  },
  ruleset: {
    importId: "{owners}/{ownerId}/{id}",
    create: "POST /{owner}/rulesets",
    read: "GET /{owner}/rulesets/{id}",
    update: "PUT /{owner}/rulesets/{id}",
    delete: "DELETE /{owner}/rulesets/{id}",
    computed: ["rules.id", "rules.ref", "rules.enabled"],
  },
};
