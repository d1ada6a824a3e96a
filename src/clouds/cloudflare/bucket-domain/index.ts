import { canonicalHostname } from "../../../model/dns-form.ts";
import type { Bucket } from "../../../model/edge.ts";
import { isActive } from "../../../model/status.ts";
import { keyOf, type Kind } from "../../kind.ts";
import { bucket } from "../bucket/index.ts";
import { orNone, type CloudflareClient } from "../client.ts";
import { accountOf, inEdge, stackFile, zoneIdOf, type InFleet } from "../names.ts";

interface BucketDomain extends InFleet<Bucket> {
  domain: string;
}

interface Shown {
  domain: string;
  enabled?: boolean;
}

const identityOf = (bucketName: string, domain: string): string => `${bucketName} ${canonicalHostname(domain)}`;

/** A host name under which a bucket is public. */
export const bucketDomain: Kind<BucketDomain, Shown, CloudflareClient> = {
  is: "cloudflare/bucket-domain",
  title: "host name of an R2 bucket",
  token: "cloudflare:index/r2CustomDomain:R2CustomDomain",

  declared: (fleet) =>
    fleet.edge.buckets.flatMap((is) =>
      is.customDomains.map((written) => {
        const domain = canonicalHostname(written);
        return { name: domain, file: stackFile(fleet), active: isActive(is), model: { fleet, is, domain } };
      }),
    ),
  identity: ({ is, domain }) => identityOf(is.name, domain),
  held: ({ inputs = {} }) => ({ identity: identityOf(String(inputs.bucketName), String(inputs.domain)) }),
  ask: (client, models) =>
    [...new Set(models.map(({ is }) => is.name))].flatMap((name) =>
      client.question(
        `host names of the bucket ${name}`,
        () =>
          orNone(
            client.account<{ domains: Shown[] }>(`/r2/buckets/${name}/domains/custom`).then(({ domains }) => domains),
          ),
        ({ domain }) => ({ identity: identityOf(name, domain), id: domain }),
      ),
    ),

  within: () => inEdge,
  resource: ({ fleet, is, domain }, values) => ({
    args: {
      accountId: accountOf(fleet),
      bucketName: values.of(bucket.is, is.name, "name"),
      domain,
      zoneId: zoneIdOf(fleet, domain),
      enabled: true,
    },
    after: [keyOf(bucket, is)],
  }),
  differs: ({ enabled }) => (enabled === false ? ["it is switched off there"] : []),
  canonical: { domain: (name) => canonicalHostname(String(name)) },
  unimportable: true,
  quirks: [
    {
      is: "cannot be imported by the provider: one that exists is left as it is, and neither changed nor taken away",
      seen: "2026-07",
      source: "https://github.com/cloudflare/terraform-provider-cloudflare/pull/7267",
    },
  ],
};
