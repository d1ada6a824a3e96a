import { isDeepStrictEqual } from "node:util";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import pluginPb from "@pulumi/pulumi/proto/plugin_pb.js";
import pb from "@pulumi/pulumi/proto/provider_pb.js";
import type * as Pb from "@pulumi/pulumi/proto/provider_pb.js";
import { Secret, type CheckFailure, type DiffResult, type Plugin, type Properties, type Value } from "./types.ts";
import { fromStruct, toStruct } from "./values.ts";

/** The engine's calls (pulumirpc.ResourceProvider) as functions from request to response; what is left out is answered as unimplemented. */
export function handlersOf(plugin: Plugin) {
  const resource = (urn: string) => {
    const type = urn.split("::")[2]!.split("$").at(-1)!;
    const found = plugin.resources[type];
    if (!found) throw new Error(`the ${plugin.name} plugin has no resource type ${type}; it has ${Object.keys(plugin.resources).join(", ")}`);
    return found;
  };

  return {
    handshake() {
      const response = new pb.ProviderHandshakeResponse();
      response.setAcceptSecrets(true);
      return response;
    },

    attach: () => new empty.Empty(),

    getPluginInfo() {
      const response = new pluginPb.PluginInfo();
      response.setVersion(plugin.version);
      return response;
    },

    getSchema() {
      const response = new pb.GetSchemaResponse();
      response.setSchema(JSON.stringify({ name: plugin.name, version: plugin.version }));
      return response;
    },

    checkConfig: (request: Pb.CheckRequest) => checkResponse(fromStruct(request.getNews())),

    diffConfig(request: Pb.DiffRequest) {
      const same = isDeepStrictEqual(fromStruct(request.getOldInputs()), fromStruct(request.getNews()));
      const response = new pb.DiffResponse();
      response.setChanges(same ? pb.DiffResponse.DiffChanges.DIFF_NONE : pb.DiffResponse.DiffChanges.DIFF_SOME);
      return response;
    },

    async configure(request: Pb.ConfigureRequest) {
      await plugin.configure?.(configOf(request));
      const response = new pb.ConfigureResponse();
      response.setAcceptsecrets(true);
      response.setSupportspreview(true);
      return response;
    },

    async check(request: Pb.CheckRequest) {
      const news = fromStruct(request.getNews());
      const type = resource(request.getUrn());
      if (!type.check) return checkResponse(news);
      const { inputs, failures } = await type.check({ urn: request.getUrn(), news, olds: optional(request.getOlds()) });
      return checkResponse(inputs, failures);
    },

    async diff(request: Pb.DiffRequest) {
      const result = await resource(request.getUrn()).diff({
        urn: request.getUrn(),
        id: request.getId(),
        olds: fromStruct(request.getOlds()),
        oldInputs: fromStruct(request.getOldInputs()),
        news: fromStruct(request.getNews()),
        ignoreChanges: request.getIgnorechangesList(),
      });
      return diffResponse(result);
    },

    async create(request: Pb.CreateRequest) {
      const { id, state } = await resource(request.getUrn()).create({
        urn: request.getUrn(),
        inputs: fromStruct(request.getProperties()),
        preview: request.getPreview(),
        timeoutSeconds: request.getTimeout(),
      });
      const response = new pb.CreateResponse();
      response.setId(id);
      response.setProperties(toStruct(state));
      return response;
    },

    async read(request: Pb.ReadRequest) {
      const found = await resource(request.getUrn()).read({
        urn: request.getUrn(),
        id: request.getId(),
        inputs: optional(request.getInputs()),
        state: optional(request.getProperties()),
      });
      // No id is how the engine learns that the thing is gone.
      const response = new pb.ReadResponse();
      if (found) {
        response.setId(found.id);
        response.setProperties(toStruct(found.state));
        response.setInputs(toStruct(found.inputs));
      }
      return response;
    },

    async update(request: Pb.UpdateRequest) {
      const { state } = await resource(request.getUrn()).update({
        urn: request.getUrn(),
        id: request.getId(),
        olds: fromStruct(request.getOlds()),
        oldInputs: fromStruct(request.getOldInputs()),
        news: fromStruct(request.getNews()),
        preview: request.getPreview(),
        timeoutSeconds: request.getTimeout(),
        ignoreChanges: request.getIgnorechangesList(),
      });
      const response = new pb.UpdateResponse();
      response.setProperties(toStruct(state));
      return response;
    },

    async delete(request: Pb.DeleteRequest) {
      await resource(request.getUrn()).delete({
        urn: request.getUrn(),
        id: request.getId(),
        state: fromStruct(request.getProperties()),
        timeoutSeconds: request.getTimeout(),
      });
      return new empty.Empty();
    },

    async invoke(request: Pb.InvokeRequest) {
      const run = plugin.functions?.[request.getTok()];
      if (!run) throw new Error(`the ${plugin.name} plugin has no function ${request.getTok()}`);
      const response = new pb.InvokeResponse();
      response.setReturn(toStruct(await run(fromStruct(request.getArgs()))));
      return response;
    },

    cancel() {
      plugin.cancel?.();
      return new empty.Empty();
    },
  };
}

/** The engine sends an empty Struct for "none". */
function optional(message: Struct | undefined): Properties | undefined {
  return message && message.getFieldsMap().getLength() > 0 ? fromStruct(message) : undefined;
}

function checkResponse(inputs: Properties, failures: CheckFailure[] = []): Pb.CheckResponse {
  const response = new pb.CheckResponse();
  response.setInputs(toStruct(inputs));
  response.setFailuresList(
    failures.map(({ property, reason }) => {
      const failure = new pb.CheckFailure();
      failure.setProperty(property);
      failure.setReason(reason);
      return failure;
    }),
  );
  return response;
}

const { Kind } = pb.PropertyDiff;
const KINDS = {
  add: Kind.ADD,
  "add-replace": Kind.ADD_REPLACE,
  delete: Kind.DELETE,
  "delete-replace": Kind.DELETE_REPLACE,
  update: Kind.UPDATE,
  "update-replace": Kind.UPDATE_REPLACE,
};

function diffResponse({ detailed, deleteBeforeReplace = false }: DiffResult): Pb.DiffResponse {
  const response = new pb.DiffResponse();
  const entries = Object.entries(detailed);
  const roots = (paths: string[]) => [...new Set(paths.map(rootOf))];
  response.setHasdetaileddiff(true);
  response.setChanges(entries.length > 0 ? pb.DiffResponse.DiffChanges.DIFF_SOME : pb.DiffResponse.DiffChanges.DIFF_NONE);
  response.setDeletebeforereplace(deleteBeforeReplace);
  response.setDiffsList(roots(entries.map(([path]) => path)));
  response.setReplacesList(roots(entries.filter(([, { kind }]) => kind.endsWith("-replace")).map(([path]) => path)));
  for (const [path, { kind, input = false }] of entries) {
    const diff = new pb.PropertyDiff();
    diff.setKind(KINDS[kind]);
    diff.setInputdiff(input);
    response.getDetaileddiffMap().set(path, diff);
  }
  return response;
}

/** files["/etc/x"].mode → files */
const rootOf = (path: string): string => /^(?:\["([^"]*)"\]|([^.[]+))/.exec(path)?.slice(1).find((part) => part !== undefined) ?? path;

/** SDKs send configuration that is not a string as JSON text. */
function configOf(request: Pb.ConfigureRequest): Properties {
  const parse = (value: Value | undefined): Value | undefined => {
    if (value instanceof Secret) return new Secret(parse(value.value as Value));
    return typeof value === "string" && /^([[{].*[\]}]|true|false)$/s.test(value) ? tryParse(value) : value;
  };
  return Object.fromEntries(Object.entries(fromStruct(request.getArgs())).map(([key, value]) => [key, parse(value)]));
}

function tryParse(text: string): Value {
  try {
    return JSON.parse(text) as Value;
  } catch {
    return text;
  }
}
