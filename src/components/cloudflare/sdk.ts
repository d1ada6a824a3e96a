// What is used of @pulumi/cloudflare, file by file: an import of the whole package makes Node load each of its hundreds
// of resources.
export { D1Database } from "@pulumi/cloudflare/d1database.js";
export { DnsRecord, type DnsRecordArgs } from "@pulumi/cloudflare/dnsRecord.js";
export { PagesDomain } from "@pulumi/cloudflare/pagesDomain.js";
export { PagesProject } from "@pulumi/cloudflare/pagesProject.js";
export { R2Bucket } from "@pulumi/cloudflare/r2bucket.js";
export { R2CustomDomain } from "@pulumi/cloudflare/r2customDomain.js";
export type * as types from "@pulumi/cloudflare/types/index.js";
export { WorkersCustomDomain } from "@pulumi/cloudflare/workersCustomDomain.js";
export { WorkersKv } from "@pulumi/cloudflare/workersKv.js";
export { WorkersKvNamespace } from "@pulumi/cloudflare/workersKvNamespace.js";
export { WorkersRoute } from "@pulumi/cloudflare/workersRoute.js";
export { WorkersScript } from "@pulumi/cloudflare/workersScript.js";
export { ZoneSetting } from "@pulumi/cloudflare/zoneSetting.js";
