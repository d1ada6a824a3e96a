import type { Binding, Worker } from "../../../model/edge.ts";
import { isActive } from "../../../model/status.ts";
import { secret } from "../../../model/text.ts";
import type { Kind, Values } from "../../kind.ts";
import type { CloudflareClient } from "../client.ts";
import { database } from "../database/index.ts";
import { kv } from "../kv/index.ts";
import { accountOf, inWorker, ofDay, stackFile, type InFleet } from "../names.ts";
import { KEPT_SETTINGS, KEEPABLE, settingsOf, type ShownBinding, type ShownSettings } from "./settings.ts";

export interface ShownWorker {
  id: string;
  modified_on?: string;
  /** What the list does not say. */
  settings?: ShownSettings;
  content?: string;
}

const MAIN_MODULE = "worker.js";

/** Workers of the fleet, each with what hangs on it. */
export const workersOf = (fleet: InFleet<Worker>["fleet"]) =>
  fleet.edge.workers.map((is) => ({ file: stackFile(fleet), active: isActive(is), model: { fleet, is } }));

/** A Worker's script with its bindings. Identity: its name in the account. */
export const worker: Kind<InFleet<Worker>, ShownWorker, CloudflareClient> = {
  is: "cloudflare/worker",
  title: "Worker",
  token: "cloudflare:index/workersScript:WorkersScript",

  declared: (fleet) => workersOf(fleet).map((each) => ({ ...each, name: each.model.is.name })),
  identity: ({ is }) => is.name,
  held: ({ inputs = {} }) => ({ identity: String(inputs.scriptName) }),
  ask: (client) =>
    client.question(
      "Workers",
      () => client.accountList<ShownWorker>("/workers/scripts"),
      ({ id }) => ({ identity: id, id, importId: client.inAccount(id) }),
    ),
  async examine(client, shown) {
    const path = `/workers/scripts/${shown.id}`;
    const [settings, content] = await Promise.all([
      client.account<ShownSettings>(`${path}/settings`),
      client.accountText(`${path}/content/v2`),
    ]);
    return { ...shown, settings, content };
  },

  within: ({ is }) => inWorker(is.name),
  resource({ fleet, is }, values) {
    const bindings = Object.entries(is.bindings).map(([name, target]) => bindingArgs(name, target, values));
    if (is.script === undefined)
      throw new Error(
        `worker ${is.name} is active but has no script: give the path of its ES module in the fleet file`,
      );
    return {
      args: {
        accountId: accountOf(fleet),
        scriptName: is.name,
        content: values.script(is.script),
        mainModule: MAIN_MODULE,
        compatibilityDate: is.compatibilityDate,
        ...(bindings.length > 0 && { bindings }),
        ...(is.keep.length > 0 && { keepBindings: KEEPABLE }),
      },
    };
  },

  adopts: ({ is }) => is.adopt ?? false,
  differs: ({ content, settings = {} }, { is }, known) => [
    ...(is.script !== undefined && content === known.script(is.script) ? [] : ["its script is another"]),
    ...(settings.compatibility_date === is.compatibilityDate ? [] : ["its compatibility date is another"]),
    ...(sorted(namesIn(settings.bindings)) === sorted([...Object.keys(is.bindings), ...is.keep])
      ? []
      : ["its bindings are others"]),
  ],
  loses({ id, settings = {} }, { is }) {
    const known = new Set([...Object.keys(is.bindings), ...is.keep]);
    const lost = (settings.bindings ?? []).filter(({ name }) => !known.has(name));
    return lost.length === 0
      ? []
      : [
          `an upload would take from the Worker ${id} what is bound to ` +
            `${lost.map(({ name, type }) => `${name} (${type})`).join(", ")}: ` +
            `declare it in bindings, or write keep: ${JSON.stringify(lost.map(({ name }) => name))}`,
        ];
  },
  inputs: ({ settings = {} }) => settingsOf(settings),
  kept: KEPT_SETTINGS,

  audit: { kind: "worker", tell: ({ id, modified_on }) => ({ name: id, detail: ofDay(modified_on) }) },
  quirks: [
    {
      is: "an upload takes away every binding that it does not name, secrets that were typed in among them",
      seen: "2026-09",
      source: "https://github.com/alchemy-run/alchemy/pull/1452",
    },
    {
      is: "does not show its main module: one that is taken over is uploaded once",
      seen: "2026-11",
      source: "the schema of @pulumi/cloudflare 6.22.1: mainModule is an input that no answer has",
    },
  ],
};

const namesIn = (bindings: readonly ShownBinding[] = []): string[] => bindings.map(({ name }) => name);
const sorted = (names: readonly string[]): string => names.toSorted().join();

function bindingArgs(name: string, target: Binding, values: Values): Record<string, unknown> {
  if ("kv" in target) return { name, type: "kv_namespace", namespaceId: values.of(kv.is, target.kv, "id") };
  if ("d1" in target) return { name, type: "d1", databaseId: values.of(database.is, target.d1, "id") };
  if ("bucket" in target) return { name, type: "r2_bucket", bucketName: target.bucket };
  if ("worker" in target) return { name, type: "service", service: target.worker };
  if ("secret" in target) return { name, type: "secret_text", text: values.text({ parts: [secret(target.secret)] }) };
  return { name, type: "plain_text", text: target.text };
}
