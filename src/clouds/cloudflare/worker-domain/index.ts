import { canonicalHostname } from "../../../model/dns-form.ts";
import type { Worker } from "../../../model/edge.ts";
import { keyOf, type Kind } from "../../kind.ts";
import type { CloudflareClient } from "../client.ts";
import { accountOf, inWorker, zoneIdOf, type InFleet } from "../names.ts";
import { worker, workersOf } from "../worker/index.ts";

interface WorkerDomain extends InFleet<Worker> {
  hostname: string;
}

interface Shown {
  id: string;
  hostname: string;
  service: string;
}

/** A host name that is a Worker's alone. Identity: the host name. */
export const workerDomain: Kind<WorkerDomain, Shown, CloudflareClient> = {
  is: "cloudflare/worker-domain",
  title: "host name of a Worker",
  token: "cloudflare:index/workersCustomDomain:WorkersCustomDomain",

  declared: (fleet) =>
    workersOf(fleet).flatMap(({ model, ...each }) =>
      model.is.hostnames.map((written) => {
        const hostname = canonicalHostname(written);
        return { ...each, name: hostname, model: { ...model, hostname } };
      }),
    ),
  identity: ({ hostname }) => hostname,
  held: ({ inputs = {} }) => ({ identity: canonicalHostname(String(inputs.hostname)) }),
  ask: (client) =>
    client.question(
      "domains of Workers",
      () => client.accountList<Shown>("/workers/domains"),
      ({ id, hostname }) => ({ identity: canonicalHostname(hostname), id, importId: client.inAccount(id) }),
    ),

  within: ({ is }) => inWorker(is.name),
  resource: ({ fleet, is, hostname }) => ({
    args: { accountId: accountOf(fleet), hostname, service: is.name, zoneId: zoneIdOf(fleet, hostname) },
    after: [keyOf(worker, is)],
  }),
  differs: ({ service }, { is }) => (service === is.name ? [] : [`it is the Worker ${service}'s`]),
  canonical: { hostname: (name) => canonicalHostname(String(name)) },

  audit: {
    kind: "worker-domain",
    tell: ({ hostname, service }) => ({ name: hostname, detail: `of Worker ${service}` }),
  },
};
