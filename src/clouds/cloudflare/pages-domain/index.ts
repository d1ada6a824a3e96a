import { canonicalHostname } from "../../../model/dns-form.ts";
import type { PagesProject } from "../../../model/edge.ts";
import { isActive } from "../../../model/status.ts";
import { keyOf, type Kind } from "../../kind.ts";
import { orNone, type CloudflareClient } from "../client.ts";
import { accountOf, inEdge, stackFile, type InFleet } from "../names.ts";
import { pagesProject } from "../pages-project/index.ts";
import { record } from "../record/index.ts";

interface PagesDomain extends InFleet<PagesProject> {
  domain: string;
}

const identityOf = (project: string, domain: string): string => `${project} ${canonicalHostname(domain)}`;

/** A host name of a Pages project. Its record is one of its own. */
export const pagesDomain: Kind<PagesDomain, { name: string }, CloudflareClient> = {
  is: "cloudflare/pages-domain",
  title: "host name of a Pages project",
  token: "cloudflare:index/pagesDomain:PagesDomain",

  declared: (fleet) =>
    fleet.edge.pages.flatMap((is) =>
      is.domains.map((written) => {
        const domain = canonicalHostname(written);
        return { name: domain, file: stackFile(fleet), active: isActive(is), model: { fleet, is, domain } };
      }),
    ),
  identity: ({ is, domain }) => identityOf(is.name, domain),
  held: ({ inputs = {} }) => ({ identity: identityOf(String(inputs.projectName), String(inputs.name)) }),
  ask: (client, models) =>
    [...new Set(models.map(({ is }) => is.name))].flatMap((project) =>
      client.question(
        `host names of the Pages project ${project}`,
        () => orNone(client.accountList<{ name: string }>(`/pages/projects/${project}/domains`)),
        ({ name }) => ({
          identity: identityOf(project, name),
          id: name,
          importId: client.inAccount(`${project}/${name}`),
        }),
      ),
    ),

  within: () => inEdge,
  resource: ({ fleet, is, domain }, values) => ({
    args: {
      accountId: accountOf(fleet),
      projectName: values.of(pagesProject.is, is.name, "name"),
      name: domain,
    },
    after: [keyOf(record, { name: `${domain} CNAME` })],
  }),
  differs: () => [],
  canonical: { name: (name) => canonicalHostname(String(name)) },
};
