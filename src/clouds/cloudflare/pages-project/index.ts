import { pagesSchema, type PagesProject } from "../../../model/edge.ts";
import { isActive } from "../../../model/status.ts";
import type { Kind } from "../../kind.ts";
import type { CloudflareClient } from "../client.ts";
import { accountOf, edgeLines, inEdge, stackFile, type InFleet } from "../names.ts";

interface Shown {
  name: string;
  production_branch?: string;
  domains?: string[];
}

/** A Pages project. Identity: its name in the account. */
export const pagesProject: Kind<InFleet<PagesProject>, Shown, CloudflareClient> = {
  is: "cloudflare/pages-project",
  title: "Pages project",
  token: "cloudflare:index/pagesProject:PagesProject",

  declared: (fleet) =>
    fleet.edge.pages.map((is) => ({
      name: is.name,
      file: stackFile(fleet),
      active: isActive(is),
      model: { fleet, is },
    })),
  identity: ({ is }) => is.name,
  held: ({ inputs = {} }) => ({ identity: String(inputs.name) }),
  ask: (client) =>
    client.question(
      "Pages projects",
      () => client.accountList<Shown>("/pages/projects"),
      ({ name }) => ({ identity: name, id: name, importId: client.inAccount(name) }),
    ),

  within: () => inEdge,
  resource: ({ fleet, is }) => ({
    args: { accountId: accountOf(fleet), name: is.name, productionBranch: is.productionBranch },
  }),
  adopts: ({ is }) => is.adopt ?? false,
  differs: ({ production_branch }, { is }) =>
    production_branch === is.productionBranch
      ? []
      : [`productionBranch is ${JSON.stringify(production_branch)} there and "${is.productionBranch}" in the file`],

  audit: {
    kind: "pages-project",
    tell: ({ name, domains = [] }) => ({ name, detail: domains.join(", ") }),
    lines: ({ name, production_branch = "main" }, fleet) => {
      const branch = production_branch === "main" ? "" : `, productionBranch: ${JSON.stringify(production_branch)}`;
      return pagesSchema.safeParse({ name, productionBranch: production_branch }).success
        ? edgeLines(fleet, "pages", `pages({ name: ${JSON.stringify(name)}${branch} }),`)
        : undefined;
    },
  },
  quirks: [
    {
      is: "refuses sizes of pages that it does not like with 8000024: it is asked for its own",
      seen: "2026-09",
      source: "https://github.com/cloudflare/workers-sdk/pull/11401",
    },
  ],
};
