import { isDeepStrictEqual } from "node:util";
import * as protocol from "./protocol.ts";
import { Secret, type CheckFailure, type DiffResult, type Plugin, type Properties, type Value } from "./types.ts";
import type { Message } from "./wire.ts";

/** One of the engine's calls, from the bytes of its request to those of its response. */
export interface Method {
  decode: (bytes: Uint8Array) => unknown;
  handle: (request: unknown) => unknown;
  encode: (response: unknown) => Buffer;
}

const method = <Request, Response>(
  request: Message<Request>,
  response: Message<Response>,
  handle: (request: Request) => Partial<Response> | Promise<Partial<Response>>,
): Method => ({ decode: request.decode, handle, encode: response.encode }) as Method;

/** The engine's calls by name. To any other gRPC itself says that a plugin has no such call, which the engine allows. */
export function methodsOf(plugin: Plugin): Record<string, Method> {
  const resource = (urn: string) => {
    const type = urn.split("::")[2]!.split("$").at(-1)!;
    const found = plugin.resources[type];
    if (!found)
      throw new Error(
        `the ${plugin.name} plugin has no resource type ${type}; it has ${Object.keys(plugin.resources).join(", ")}`,
      );
    return found;
  };

  return {
    Handshake: method(protocol.nothing, protocol.handshakeResponse, () => ({ acceptSecrets: true })),
    Attach: method(protocol.nothing, protocol.nothing, () => ({})),
    GetPluginInfo: method(protocol.nothing, protocol.pluginInfo, () => ({ version: plugin.version })),
    GetSchema: method(protocol.nothing, protocol.getSchemaResponse, () => ({
      schema: JSON.stringify({ name: plugin.name, version: plugin.version }),
    })),
    CheckConfig: method(protocol.checkRequest, protocol.checkResponse, ({ news }) => ({ inputs: news ?? {} })),

    DiffConfig: method(protocol.diffRequest, protocol.diffResponse, ({ oldInputs, news }) => ({
      changes: isDeepStrictEqual(oldInputs ?? {}, news ?? {}) ? protocol.DIFF_NONE : protocol.DIFF_SOME,
    })),

    Configure: method(protocol.configureRequest, protocol.configureResponse, async ({ args }) => {
      await plugin.configure?.(configOf(args ?? {}));
      return { acceptSecrets: true, supportsPreview: true };
    }),

    Check: method(protocol.checkRequest, protocol.checkResponse, async ({ urn, news = {}, olds }) => {
      const type = resource(urn);
      return type.check ? checkResponse(await type.check({ urn, news, olds: optional(olds) })) : { inputs: news };
    }),

    Diff: method(
      protocol.diffRequest,
      protocol.diffResponse,
      async ({ urn, id, olds = {}, oldInputs = {}, news = {}, ignoreChanges }) =>
        diffResponse(await resource(urn).diff({ urn, id, olds, oldInputs, news, ignoreChanges })),
    ),

    Create: method(
      protocol.createRequest,
      protocol.createResponse,
      async ({ urn, properties: inputs = {}, preview, timeout: timeoutSeconds }) => {
        const { id, state } = await resource(urn).create({ urn, inputs, preview, timeoutSeconds });
        return { id, properties: state };
      },
    ),

    Read: method(protocol.readRequest, protocol.readResponse, async ({ urn, id, properties, inputs }) => {
      const found = await resource(urn).read({ urn, id, inputs: optional(inputs), state: optional(properties) });
      // No id is how the engine learns that the thing is gone.
      return found ? { id: found.id, properties: found.state, inputs: found.inputs } : {};
    }),

    Update: method(
      protocol.updateRequest,
      protocol.updateResponse,
      async ({ urn, id, olds = {}, oldInputs = {}, news = {}, preview, timeout: timeoutSeconds, ignoreChanges }) => {
        const { state } = await resource(urn).update({
          urn,
          id,
          olds,
          oldInputs,
          news,
          preview,
          timeoutSeconds,
          ignoreChanges,
        });
        return { properties: state };
      },
    ),

    Delete: method(
      protocol.deleteRequest,
      protocol.nothing,
      async ({ urn, id, oldInputs, properties: state = {}, timeout: timeoutSeconds }) => {
        await resource(urn).delete({ urn, id, inputs: optional(oldInputs), state, timeoutSeconds });
        return {};
      },
    ),

    Invoke: method(protocol.invokeRequest, protocol.invokeResponse, async ({ token, args = {} }) => {
      const run = plugin.functions?.[token];
      if (!run) throw new Error(`the ${plugin.name} plugin has no function ${token}`);
      return { return: await run(args) };
    }),

    Cancel: method(protocol.nothing, protocol.nothing, () => {
      plugin.cancel?.();
      return {};
    }),
  };
}

/** The engine sends an empty Struct for "none". */
const optional = (sent: Properties | undefined): Properties | undefined =>
  sent && Object.keys(sent).length > 0 ? sent : undefined;

const checkResponse = ({ inputs, failures = [] }: { inputs: Properties; failures?: CheckFailure[] }) => ({
  inputs,
  failures,
});

function diffResponse({ detailed, deleteBeforeReplace = false }: DiffResult) {
  const entries = Object.entries(detailed);
  const roots = (paths: string[]) => [...new Set(paths.map(rootOf))];
  return {
    changes: entries.length > 0 ? protocol.DIFF_SOME : protocol.DIFF_NONE,
    deleteBeforeReplace,
    diffs: roots(entries.map(([path]) => path)),
    replaces: roots(entries.filter(([, { kind }]) => kind.endsWith("-replace")).map(([path]) => path)),
    hasDetailedDiff: true,
    detailedDiff: entries.map(([path, { kind, input = false }]) => ({
      path,
      diff: { kind: protocol.KINDS[kind], inputDiff: input },
    })),
  };
}

/** files["/etc/x"].mode → files */
const rootOf = (path: string): string =>
  /^(?:\["([^"]*)"\]|([^.[]+))/
    .exec(path)
    ?.slice(1)
    .find((part) => part !== undefined) ?? path;

/** SDKs send configuration that is not a string as JSON text. */
function configOf(args: Properties): Properties {
  const parse = (value: Value | undefined): Value | undefined => {
    if (value instanceof Secret) return new Secret(parse(value.value as Value));
    return typeof value === "string" && /^([[{].*[\]}]|true|false)$/s.test(value) ? tryParse(value) : value;
  };
  return Object.fromEntries(Object.entries(args).map(([key, value]) => [key, parse(value)]));
}

function tryParse(text: string): Value {
  try {
    return JSON.parse(text) as Value;
  } catch {
    return text;
  }
}
