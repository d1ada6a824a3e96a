import type { CloudReply, Route } from "../../http/types.ts";
import type { Collection, Store } from "../../store.ts";
import { hetznerError, invalidField, notFound } from "./errors.ts";
import { listReply, type Listing } from "./listing.ts";

/** A change under way or finished, in the vendor's shape. */
export interface Action {
  id: number;
  command: string;
  status: "running" | "success" | "error";
  progress: number;
  started: string;
  finished: string | null;
  resources: { id: number; type: string }[];
  error: { code: string; message: string } | null;
}

type Resource = Action["resources"][number];

/** Every action of a lab. Work of running ones goes on after the reply. */
export class Actions {
  readonly #store: Store;
  readonly #records: Collection<Action>;
  readonly #running = new Map<number, Action>();
  /** Running, but of a process that is no more. */
  readonly #abandoned: Action[];
  readonly #working = new Set<Promise<void>>();

  constructor(store: Store) {
    this.#store = store;
    this.#records = store.collection<Action>("hcloud", "actions");
    this.#abandoned = this.#records.list().filter(({ status }) => status === "running");
  }

  /** A change that is already made. */
  done(command: string, ...resources: Resource[]): Action {
    return this.#finish(this.#begin(command, resources), null);
  }

  /** A change that takes its time. Commands that go together share one piece of work. */
  run(commands: string[], resources: Resource[], work: () => Promise<void>): Action[] {
    const actions = commands.map((command) => this.#begin(command, resources));
    const running = work()
      .then(
        () => null,
        (error: unknown) => ({
          code: "action_failed",
          message: error instanceof Error ? error.message : String(error),
        }),
      )
      .then((error) => actions.forEach((action) => this.#finish(action, error)))
      .finally(() => this.#working.delete(running));
    this.#working.add(running);
    return actions;
  }

  get(id: string | number): Action | undefined {
    return this.#records.get(id);
  }

  list(): Action[] {
    return this.#records.list();
  }

  /** Whether work on the resource is under way here. */
  isRunningOn(type: string, id: number): boolean {
    return [...this.#running.values()].some((action) => concerns(action, type, id));
  }

  /** Ends what a lab that was killed left running on a resource. */
  finishAbandoned(type: string, id: number): void {
    const left = this.#abandoned.filter((action) => concerns(action, type, id));
    for (const action of left)
      this.#finish(this.#abandoned.splice(this.#abandoned.indexOf(action), 1)[0] as Action, null);
  }

  /** Resolves when no work is under way. */
  async settled(): Promise<void> {
    while (this.#working.size > 0) await Promise.all(this.#working);
  }

  #begin(command: string, resources: Resource[]): Action {
    const id = this.#store.nextId("hcloud/action", 1_000_000);
    const started = new Date().toISOString();
    const action = this.#records.put(id, {
      id,
      command,
      status: "running",
      progress: 0,
      started,
      finished: null,
      resources,
      error: null,
    });
    this.#running.set(id, action);
    return action;
  }

  #finish(action: Action, error: Action["error"]): Action {
    const status = error === null ? "success" : "error";
    this.#running.delete(action.id);
    return this.#records.put(action.id, {
      ...action,
      status,
      progress: 100,
      finished: new Date().toISOString(),
      error,
    });
  }
}

const concerns = (action: Action, type: string, id: number): boolean =>
  action.resources.some((resource) => resource.type === type && resource.id === id);

export const actionReply = (action: Action, more: object = {}): CloudReply => ({
  status: 201,
  body: { action, ...more },
});

const LISTING: Listing<Action> = {
  many: "actions",
  sorts: ["id", "command", "status", "started", "finished", "progress"],
  filters: {
    id: (action, ids) => ids.includes(String(action.id)),
    status: (action, states) => states.includes(action.status),
  },
};

const same = (action: Action): Action => action;

/** /actions: by id only, as the vendor has it since 2025. */
export function globalActionRoutes(actions: Actions): Route[] {
  return [
    {
      method: "GET",
      path: "/actions",
      handle: (request) => {
        if (!request.query.has("id"))
          throw hetznerError(
            "deprecated_api_endpoint",
            "listing all actions is no longer possible: ask for them by id",
          );
        return listReply(request, actions.list(), LISTING, same);
      },
    },
    {
      method: "GET",
      path: "/actions/{id}",
      handle: ({ params }) => ({ body: { action: require(actions, params.id, () => true) } }),
    },
  ];
}

/** A kind's four ways to its actions. @param exists throws when the resource is not there. */
export function actionRoutes(actions: Actions, path: string, type: string, exists: (id: string) => void): Route[] {
  const ofKind = (action: Action): boolean => action.resources.some((resource) => resource.type === type);
  const ofOne =
    (id: string) =>
    (action: Action): boolean =>
      concerns(action, type, Number(id));
  return [
    {
      method: "GET",
      path: `${path}/actions`,
      handle: (request) => listReply(request, actions.list().filter(ofKind), LISTING, same),
    },
    {
      method: "GET",
      path: `${path}/actions/{id}`,
      handle: ({ params }) => ({ body: { action: require(actions, params.id, ofKind) } }),
    },
    {
      method: "GET",
      path: `${path}/{id}/actions`,
      handle: (request) => {
        const id = request.params.id ?? "";
        exists(id);
        return listReply(request, actions.list().filter(ofOne(id)), LISTING, same);
      },
    },
    {
      method: "GET",
      path: `${path}/{id}/actions/{action_id}`,
      handle: ({ params }) => ({ body: { action: require(actions, params.action_id, ofOne(params.id ?? "")) } }),
    },
  ];
}

function require(actions: Actions, id = "", fits: (action: Action) => boolean): Action {
  if (!/^\d+$/.test(id)) throw invalidField("id", "must be a whole number");
  const action = actions.get(id);
  if (action === undefined || !fits(action)) throw notFound("action", id);
  return action;
}
