import { bucketSchema, type Bucket } from "../../../model/edge.ts";
import { isActive } from "../../../model/status.ts";
import type { Kind } from "../../kind.ts";
import type { CloudflareClient } from "../client.ts";
import { accountOf, edgeLines, inEdge, stackFile, type InFleet } from "../names.ts";

interface Shown {
  name: string;
  location?: string;
  jurisdiction?: string;
}

/** An R2 bucket. Identity: its name in the account. Never deleted with its line: there may be data in it. */
export const bucket: Kind<InFleet<Bucket>, Shown, CloudflareClient> = {
  is: "cloudflare/bucket",
  title: "R2 bucket",
  token: "cloudflare:index/r2Bucket:R2Bucket",

  declared: (fleet) =>
    fleet.edge.buckets.map((is) => ({
      name: is.name,
      file: stackFile(fleet),
      active: isActive(is),
      model: { fleet, is },
    })),
  identity: ({ is }) => is.name,
  held: ({ inputs = {} }) => ({ identity: String(inputs.name) }),
  ask: (client) =>
    client.question(
      "R2 buckets",
      () => client.accountCursor("/r2/buckets", "per_page=1000", ({ buckets }: { buckets: Shown[] }) => buckets),
      ({ name, jurisdiction = "default" }) => ({
        identity: name,
        id: name,
        importId: client.inAccount(`${name}/${jurisdiction}`),
      }),
    ),

  within: () => inEdge,
  resource: ({ fleet, is }) => ({
    args: { accountId: accountOf(fleet), name: is.name },
    options: { protect: true },
  }),
  differs: () => [],

  audit: {
    kind: "bucket",
    tell: ({ name, location }) => ({ name, detail: location ? `in ${location}` : "" }),
    lines: ({ name }, fleet) =>
      bucketSchema.safeParse({ name }).success
        ? edgeLines(fleet, "buckets", `bucket({ name: ${JSON.stringify(name)} }),`)
        : undefined,
  },
  quirks: [
    {
      is: "gives 20 at a time, and the next ones by a cursor: there are no numbers of pages",
      seen: "2026-08",
      source: "https://github.com/cloudflare/workers-sdk/issues/15103",
    },
  ],
};
