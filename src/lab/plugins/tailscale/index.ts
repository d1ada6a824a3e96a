import {
  PartialFailure,
  type Plugin,
  type Properties,
  type ResourceType,
  Secret,
  UNKNOWN,
} from "../../../plugin/types.ts";
import { importedInputs, observed, withoutNulls } from "../observed.ts";
import { bare, checkInputs, diffInputs, resourceFacts } from "../schema.ts";
import { ApiError, type Client, createClient } from "./client.ts";
import { facts } from "./facts.ts";
import { type Kind, kinds } from "./kinds.ts";

/**
 * The tailscale provider over the HTTP API, for labs where the official one cannot be had. Its configuration (baseUrl,
 * apiKey, tailnet) comes before the defaults.
 */
export function createTailscalePlugin(defaults: { url: string; key: string }): Plugin {
  let client = createClient(defaults.url, defaults.key);
  return {
    name: facts.package,
    version: facts.version,
    configure: async (config) => {
      client = createClient(
        textOf(config.baseUrl) ?? defaults.url,
        textOf(config.apiKey) ?? defaults.key,
        textOf(config.tailnet),
      );
    },
    resources: Object.fromEntries(
      Object.entries(kinds).map(([token, kind]) => [token, tailscaleResource(token, kind, () => client)]),
    ),
  };
}

const textOf = (value: Properties[string]): string | undefined => {
  const text = bare(value);
  return typeof text === "string" && text !== "" ? text : undefined;
};

const isGone = (error: unknown): boolean => error instanceof ApiError && error.status === 404;
const plain = (properties: Properties = {}): Record<string, unknown> => bare(properties) as Record<string, unknown>;

function tailscaleResource(token: string, kind: Kind, client: () => Client): ResourceType {
  const { inputs: known, outputs } = resourceFacts(facts, token);
  const view = { facts, known, unreadable: kind.unreadable ?? [], computed: [], fixed: [] };
  const hidden = (shown: Record<string, unknown>): Properties =>
    Object.fromEntries(
      Object.entries(shown).map(([name, value]) => [name, kind.secret?.includes(name) ? new Secret(value) : value]),
    ) as Properties;
  const stateOf = (inputs: Properties, shown: Properties): Properties => ({
    ...withoutNulls(shown),
    ...inputs,
    ...observed(inputs, shown, view),
  });
  const load = async (id: string, state: Properties): Promise<Properties | undefined> => {
    const shown = await kind.read(client(), id, plain(state)).catch((error: unknown) => {
      if (isGone(error)) return undefined;
      throw error;
    });
    return shown && hidden(shown);
  };
  const afterChange = async (id: string, inputs: Properties, told: Properties): Promise<Properties> => {
    const shown = await load(id, { ...inputs, ...told }).catch((error: unknown) => error as Error);
    if (shown && !(shown instanceof Error)) return stateOf(inputs, shown);
    throw new PartialFailure(id, { ...inputs, ...told }, inputs, [
      `${token} ${id} was changed but could not be read back: ${shown?.message ?? "it is gone"}`,
    ]);
  };

  return {
    check: async ({ news }) => {
      const checked = checkInputs(facts, token, news);
      const isKnown = Object.values(news).every((value) => value !== UNKNOWN);
      if (checked.failures.length > 0 || !isKnown || !kind.refuses) return checked;
      const refused = await kind.refuses(client(), plain(news));
      return { ...checked, failures: refused ? [refused] : [] };
    },
    diff: async ({ oldInputs, news }) => diffInputs(facts, token, oldInputs, news),
    create: async ({ inputs, preview }) => {
      if (preview)
        return { id: "", state: { ...Object.fromEntries(outputs.map((name) => [name, UNKNOWN])), ...inputs } };
      const { id, told = {} } = await kind.create(client(), plain(inputs));
      return { id, state: await afterChange(id, inputs, hidden(told)) };
    },
    read: async ({ id, inputs, state }) => {
      const shown = await load(id, state ?? {});
      if (!shown) return undefined;
      const declared = state === undefined ? importedInputs(shown, known) : (inputs ?? {});
      const seen = withoutNulls({ ...declared, ...observed(declared, shown, view) });
      return { id, inputs: seen, state: withoutNulls({ ...shown, ...seen }) };
    },
    update: async ({ id, olds, news, preview }) => {
      if (preview) return { state: { ...olds, ...news } };
      await kind.update?.(client(), id, plain(olds), plain(news));
      return { state: await afterChange(id, news, olds) };
    },
    delete: async ({ id, state }) => {
      await kind.delete(client(), id, plain(state)).catch((error: unknown) => {
        if (!isGone(error)) throw error;
      });
    },
  };
}
