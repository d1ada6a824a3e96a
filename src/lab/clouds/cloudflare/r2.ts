import { CloudError, type CloudRequest, type Route } from "../http/types.ts";
import type { Store } from "../store.ts";
import { accountOf } from "./account.ts";
import { afterCursor, bodyOf, now, ok, positive, text, type Json } from "./reply.ts";

export interface Bucket {
  account: string;
  name: string;
  creation_date: string;
  location: string;
  storage_class: string;
  jurisdiction: string;
  /** What the bucket's own endpoints hold: cors, lifecycle, managed domain. */
  cors?: Json;
  lifecycle?: Json;
  managed: boolean;
}

export const buckets = (store: Store) => store.collection<Bucket>("cloudflare", "r2_buckets");

/** Names are unique in an account and jurisdiction. */
const keyOf = (account: string, jurisdiction: string, name: string): string => `${account}/${jurisdiction}/${name}`;
const jurisdictionOf = (request: CloudRequest): string => String(request.headers["cf-r2-jurisdiction"] ?? "default");

/** The bucket in the path. @throws CloudError 10006. */
export function bucketOf(store: Store, request: CloudRequest): Bucket {
  const bucket = buckets(store).get(keyOf(accountOf(request), jurisdictionOf(request), request.params.bucket ?? ""));
  if (bucket === undefined) throw new CloudError(404, 10006, "The specified bucket does not exist.");
  return bucket;
}

export function r2BucketRoutes(store: Store): Route[] {
  const base = "/accounts/{account_id}/r2/buckets";
  const save = (bucket: Bucket): Bucket =>
    buckets(store).put(keyOf(bucket.account, bucket.jurisdiction, bucket.name), bucket);
  return [
    { method: "GET", path: base, handle: (request) => list(store, request) },
    { method: "POST", path: base, handle: (request) => ok(render(save(newBucket(store, request, bodyOf(request))))) },
    { method: "GET", path: `${base}/{bucket}`, handle: (request) => ok(render(bucketOf(store, request))) },
    {
      method: "PATCH",
      path: `${base}/{bucket}`,
      handle: (request) =>
        ok(
          render(
            save({
              ...bucketOf(store, request),
              storage_class: String(request.headers["cf-r2-storage-class"] ?? "Standard"),
            }),
          ),
        ),
    },
    {
      method: "DELETE",
      path: `${base}/{bucket}`,
      handle: (request) => {
        const { account, jurisdiction, name } = bucketOf(store, request);
        buckets(store).delete(keyOf(account, jurisdiction, name));
        return ok({});
      },
    },
    {
      method: "GET",
      path: `${base}/{bucket}/cors`,
      handle: (request) => {
        const { cors } = bucketOf(store, request);
        if (cors === undefined) throw new CloudError(404, 10059, "The CORS configuration does not exist.");
        return ok(cors);
      },
    },
    {
      method: "PUT",
      path: `${base}/{bucket}/cors`,
      handle: (request) => (save({ ...bucketOf(store, request), cors: bodyOf(request) }), ok({})),
    },
    {
      method: "DELETE",
      path: `${base}/{bucket}/cors`,
      handle: (request) => (save({ ...bucketOf(store, request), cors: undefined }), ok({})),
    },
    {
      method: "GET",
      path: `${base}/{bucket}/lifecycle`,
      handle: (request) => ok(bucketOf(store, request).lifecycle ?? DEFAULT_LIFECYCLE),
    },
    {
      method: "PUT",
      path: `${base}/{bucket}/lifecycle`,
      handle: (request) => (save({ ...bucketOf(store, request), lifecycle: bodyOf(request) }), ok({})),
    },
    {
      method: "GET",
      path: `${base}/{bucket}/domains/managed`,
      handle: (request) => ok(managedDomain(bucketOf(store, request))),
    },
    {
      method: "PUT",
      path: `${base}/{bucket}/domains/managed`,
      handle: (request) =>
        ok(managedDomain(save({ ...bucketOf(store, request), managed: bodyOf(request).enabled === true }))),
    },
  ];
}

/** Every new bucket gives up on unfinished uploads after a week. */
const DEFAULT_LIFECYCLE = {
  rules: [
    {
      id: "Default Multipart Abort Rule",
      enabled: true,
      conditions: { prefix: "" },
      abortMultipartUploadsTransition: { condition: { type: "Age", maxAge: 604800 } },
    },
  ],
};

const render = ({ name, creation_date, location, storage_class, jurisdiction }: Bucket): Json => ({
  name,
  creation_date,
  location,
  storage_class,
  jurisdiction,
});

const managedDomain = (bucket: Bucket): Json => ({
  bucketId: bucket.name,
  domain: `pub-${bucket.name}.r2.dev`,
  enabled: bucket.managed,
});

function newBucket(store: Store, request: CloudRequest, body: Json): Bucket {
  const name = text(body, "name");
  if (!/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(name))
    throw new CloudError(400, 10005, "The specified bucket name is not valid.");
  const [account, jurisdiction] = [accountOf(request), jurisdictionOf(request)];
  if (buckets(store).get(keyOf(account, jurisdiction, name)) !== undefined) {
    throw new CloudError(409, 10004, "The bucket you tried to create already exists, and you own it.");
  }
  return {
    account,
    name,
    jurisdiction,
    managed: false,
    creation_date: now(),
    location: String(body.locationHint ?? "WEUR").toUpperCase(),
    storage_class: String(body.storageClass ?? "Standard"),
  };
}

function list(store: Store, request: CloudRequest) {
  const [account, jurisdiction, contains] = [
    accountOf(request),
    jurisdictionOf(request),
    request.query.get("name_contains") ?? "",
  ];
  const found = buckets(store)
    .list()
    .filter(
      (bucket) => bucket.account === account && bucket.jurisdiction === jurisdiction && bucket.name.includes(contains),
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const perPage = positive(request.query.get("per_page"), 20);
  const { shown, cursor } = afterCursor(request, found, (bucket) => bucket.name, perPage);
  const ordered = request.query.get("direction") === "desc" ? shown.toReversed() : shown;
  return ok(
    { buckets: ordered.map(render) },
    { result_info: { per_page: perPage, ...(cursor === "" ? {} : { cursor }) } },
  );
}
