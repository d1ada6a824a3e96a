import * as pulumi from "@pulumi/pulumi";
import { recordName } from "../../existing/cloudflare.ts";
import type { Bucket, D1Database, Edge, KvNamespace, PagesProject } from "../../model/edge.ts";
import { isActive } from "../../model/status.ts";
import { resolveText, type ValueSources } from "../host/values.ts";
import type { CloudView } from "../../existing/types.ts";
import { adoption } from "../adoption.ts";
import { EdgeWorker } from "./worker.ts";
import * as cloudflare from "./sdk.ts";

export interface CloudflareEdgeArgs {
  account: string;
  edge: Edge;
  /** The id of the zone that a host name belongs to. */
  zoneOf: (hostname: string) => string;
  /** The text of a Worker's script, by its path in the repository. */
  scriptOf: (path: string) => string;
  values: ValueSources;
  view: CloudView;
}

/**
 * What stands at Cloudflare besides DNS: buckets, namespaces, databases, Workers and Pages, each with its host names.
 */
export class CloudflareEdge extends pulumi.ComponentResource {
  private readonly args: CloudflareEdgeArgs;
  private readonly account: string;

  constructor(name: string, args: CloudflareEdgeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("fleet:cloudflare:Edge", name, {}, opts);
    this.args = args;
    this.account = args.account;
    const { edge } = args;
    for (const bucket of edge.buckets.filter(isActive)) this.createBucket(bucket);
    const kv = new Map(
      edge.kv.filter(isActive).map((namespace) => [namespace.name, this.createNamespace(namespace).id]),
    );
    const d1 = new Map(edge.d1.filter(isActive).map((database) => [database.name, this.createDatabase(database).id]));
    for (const worker of edge.workers.filter(isActive))
      new EdgeWorker(
        worker.name,
        { account: args.account, worker, zoneOf: args.zoneOf, scriptOf: args.scriptOf, values: args.values, kv, d1 },
        { parent: this },
      );
    for (const project of edge.pages.filter(isActive)) this.createPages(project);
    this.registerOutputs({});
  }

  private createBucket(bucket: Bucket): void {
    const created = new cloudflare.R2Bucket(
      bucket.name,
      { accountId: this.account, name: bucket.name },
      { parent: this, protect: true, ...adoption(this.args.view, "cloudflare:bucket", bucket.name) },
    );
    for (const domain of bucket.customDomains) {
      new cloudflare.R2CustomDomain(
        domain,
        { accountId: this.account, bucketName: created.name, domain, zoneId: this.args.zoneOf(domain), enabled: true },
        { parent: this, dependsOn: created },
      );
    }
  }

  private createNamespace(namespace: KvNamespace): cloudflare.WorkersKvNamespace {
    const created = new cloudflare.WorkersKvNamespace(
      namespace.name,
      { accountId: this.account, title: namespace.name },
      { parent: this, ...adoption(this.args.view, "cloudflare:kv", namespace.name) },
    );
    for (const [keyName, value] of Object.entries(namespace.values)) {
      new cloudflare.WorkersKv(
        `${namespace.name}/${keyName}`,
        { accountId: this.account, namespaceId: created.id, keyName, value: resolveText(value, this.args.values) },
        { parent: this },
      );
    }
    return created;
  }

  private createDatabase(database: D1Database): cloudflare.D1Database {
    return new cloudflare.D1Database(
      database.name,
      { accountId: this.account, name: database.name },
      { parent: this, protect: true },
    );
  }

  /** Pages, unlike Workers and R2, leaves the record of a host name to the owner of the zone. */
  private createPages(project: PagesProject): void {
    const { view, zoneOf } = this.args;
    const created = new cloudflare.PagesProject(
      project.name,
      { accountId: this.account, name: project.name, productionBranch: project.productionBranch },
      { parent: this, ...adoption(view, "cloudflare:pages", project.name) },
    );
    for (const domain of project.domains) {
      const content = `${project.name}.pages.dev`;
      const record = new cloudflare.DnsRecord(
        `${domain} CNAME`,
        { zoneId: zoneOf(domain), name: domain, type: "CNAME", content, proxied: true, ttl: 1 },
        {
          parent: this,
          deleteBeforeReplace: true,
          ...adoption(view, "cloudflare:record", recordName({ name: domain, type: "CNAME", content })),
        },
      );
      new cloudflare.PagesDomain(
        domain,
        { accountId: this.account, projectName: created.name, name: domain },
        { parent: this, dependsOn: record },
      );
    }
  }
}
