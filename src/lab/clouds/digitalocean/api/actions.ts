import type { CloudRequest, Route } from "../../http/types.ts";
import type { Collection, Store } from "../../store.ts";
import { findRegion } from "../catalogue/index.ts";
import { notFound } from "./errors.ts";
import { linkTo, listReply } from "./listing.ts";

/** A change under way or finished. */
export interface Action {
  id: number;
  status: "in-progress" | "completed" | "errored";
  type: string;
  started_at: string;
  completed_at: string | null;
  /** Of a volume's actions it is null, as the vendor has it: volumes have no numbers. */
  resource_id: number | null;
  resource_type: "droplet" | "backend" | "reserved_ip" | "image";
  region_slug: string;
}

/** What an action is about. `key` finds those of things without a number: a volume's id, an address. */
export interface About {
  type: Action["resource_type"];
  id: number | null;
  region: string;
  key?: string;
}

/** Every action of a lab. All go on after the reply, so that a client has to look again. */
export class Actions {
  readonly #store: Store;
  readonly #records: Collection<Action & { key: string }>;
  readonly #working = new Map<number, Promise<void>>();

  constructor(store: Store) {
    this.#store = store;
    this.#records = store.collection("digitalocean", "actions");
  }

  run(type: string, about: About, work: () => void | Promise<void>): Action {
    const action = this.#records.put(...this.#begin(type, about));
    const end = (status: Action["status"]): void => {
      this.#working.delete(action.id);
      this.#records.put(action.id, { ...action, status, completed_at: new Date().toISOString() });
    };
    const working = Promise.resolve()
      .then(work)
      .then(
        () => end("completed"),
        (error: unknown) => {
          // The vendor says that it failed and nothing more; whoever runs the lab may want to know.
          console.error(`digitalocean: ${type} of ${about.type} ${action.key} failed:`, error);
          end("errored");
        },
      );
    this.#working.set(action.id, working);
    return action;
  }

  get(id: string | number): Action | undefined {
    return this.#records.get(id);
  }

  list(): Action[] {
    return this.#records.list();
  }

  /** @param key a droplet's or an image's id, a volume's id, an address */
  of(type: Action["resource_type"], key: string | number): Action[] {
    return this.#records.list().filter((action) => action.resource_type === type && action.key === String(key));
  }

  /** Whether work on a droplet is under way. */
  isRunningOn(droplet: number): boolean {
    return this.of("droplet", droplet).some(({ id }) => this.#working.has(id));
  }

  /** Ends what a lab that was killed left under way. */
  finishAbandoned(): void {
    for (const action of this.#records.list())
      if (action.status === "in-progress" && !this.#working.has(action.id))
        this.#records.put(action.id, { ...action, status: "completed", completed_at: new Date().toISOString() });
  }

  /** Resolves when no work is under way. */
  async settled(): Promise<void> {
    while (this.#working.size > 0) await Promise.all(this.#working.values());
  }

  #begin(type: string, about: About): [number, Action & { key: string }] {
    const id = this.#store.nextId("digitalocean/action", 2_500_000_001);
    const began = {
      id,
      status: "in-progress",
      type,
      started_at: new Date().toISOString(),
      completed_at: null,
    } as const;
    const resource = { resource_id: about.id, resource_type: about.type, region_slug: about.region };
    return [id, { ...began, ...resource, key: about.key ?? String(about.id) }];
  }
}

export function actionView(action: Action): object {
  const { key: _key, ...shown } = action as Action & { key?: string };
  return { ...shown, region: findRegion(action.region_slug) };
}

/** How a reply points at the action that it has begun. */
export const actionLink = (request: CloudRequest, action: Action, rel: string): object => ({
  id: action.id,
  rel,
  href: linkTo(request, `/actions/${action.id}`),
});

export function globalActionRoutes(actions: Actions): Route[] {
  return [
    {
      method: "GET",
      path: "/actions",
      handle: (request) => listReply(request, "actions", actions.list().toReversed(), actionView),
    },
    {
      method: "GET",
      path: "/actions/{id}",
      handle: ({ params }) => ({ body: { action: actionView(requireAction(actions.list(), params.id)) } }),
    },
  ];
}

/** Reading a thing's actions. @param of the actions of the thing at the path; throws when it is not there */
export function actionRoutes(path: string, of: (request: CloudRequest) => Action[]): Route[] {
  return [
    {
      method: "GET",
      path: `${path}/actions`,
      handle: (request) => listReply(request, "actions", of(request).toReversed(), actionView),
    },
    {
      method: "GET",
      path: `${path}/actions/{action_id}`,
      handle: (request) => ({ body: { action: actionView(requireAction(of(request), request.params.action_id)) } }),
    },
  ];
}

function requireAction(actions: Action[], id = ""): Action {
  const found = actions.find((action) => String(action.id) === id);
  if (found === undefined) throw notFound();
  return found;
}
