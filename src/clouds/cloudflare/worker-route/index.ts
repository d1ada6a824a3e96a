import type { Worker } from "../../../model/edge.ts";
import { keyOf, type Kind } from "../../kind.ts";
import type { CloudflareClient } from "../client.ts";
import { inWorker, zoneIdOf, type InFleet } from "../names.ts";
import { isAsked } from "../record/index.ts";
import { worker, workersOf } from "../worker/index.ts";

interface WorkerRoute extends InFleet<Worker> {
  route: Worker["routes"][number];
}

interface Shown {
  id: string;
  pattern: string;
  script?: string;
}

/** A pattern of URLs that a Worker answers. Identity: the pattern, which no two zones share. */
export const workerRoute: Kind<WorkerRoute, Shown, CloudflareClient> = {
  is: "cloudflare/worker-route",
  title: "route of a Worker",
  token: "cloudflare:index/workersRoute:WorkersRoute",

  declared: (fleet) =>
    workersOf(fleet).flatMap(({ model, ...each }) =>
      model.is.routes.map((route) => ({ ...each, name: route.pattern, model: { ...model, route } })),
    ),
  identity: ({ route }) => route.pattern,
  held: ({ inputs = {} }) => ({ identity: String(inputs.pattern) }),
  ask: (client) =>
    client.zones.filter(isAsked).flatMap(({ id, name }) =>
      id === undefined
        ? []
        : [
            {
              about: `Worker routes of ${name}`,
              list: async () =>
                (await client.zoneList<Shown>(id, "/workers/routes")).map((shown) => ({
                  identity: shown.pattern,
                  id: shown.id,
                  importId: `${id}/${shown.id}`,
                  shown,
                })),
            },
          ],
    ),

  within: ({ is }) => inWorker(is.name),
  resource: ({ fleet, is, route }) => ({
    args: { zoneId: zoneIdOf(fleet, route.zone), pattern: route.pattern, script: is.name },
    after: [keyOf(worker, is)],
  }),
  adopts: ({ is }) => is.adopt ?? false,
  differs: ({ script = "" }, { is }) =>
    script === is.name ? [] : [script ? `it leads to the Worker ${script}` : "it leads to no Worker"],

  audit: {
    kind: "worker-route",
    tell: ({ pattern, script }) => ({ name: pattern, detail: script ? `to Worker ${script}` : "to no Worker" }),
  },
};
