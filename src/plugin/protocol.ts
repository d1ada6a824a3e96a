/**
 * The engine's messages (pulumirpc.ResourceProvider) as far as plugins of this repository read or write them. Facts
 * from the SDK's proto/provider.proto.
 */
import { bytes, flag, listOf, message, properties, real, text, whole } from "./wire.ts";

const checkFailure = message({ property: [1, text], reason: [2, text] });
const propertyDiff = message({ kind: [1, whole], inputDiff: [2, flag] });
const detailedDiffEntry = message({ path: [1, text], diff: [2, propertyDiff.nested] });

export const nothing = message({});
export const handshakeResponse = message({ acceptSecrets: [1, flag] });
export const pluginInfo = message({ version: [1, text] });
export const getSchemaResponse = message({ schema: [1, text] });
export const configureRequest = message({ args: [2, properties] });
export const configureResponse = message({ acceptSecrets: [1, flag], supportsPreview: [2, flag] });
export const checkRequest = message({ urn: [1, text], olds: [2, properties], news: [3, properties] });
export const checkResponse = message({ inputs: [1, properties], failures: [2, listOf(checkFailure.nested)] });
export const diffRequest = message({
  id: [1, text],
  urn: [2, text],
  olds: [3, properties],
  news: [4, properties],
  ignoreChanges: [5, listOf(text)],
  oldInputs: [6, properties],
});
export const diffResponse = message({
  replaces: [1, listOf(text)],
  deleteBeforeReplace: [3, flag],
  changes: [4, whole],
  diffs: [5, listOf(text)],
  detailedDiff: [6, listOf(detailedDiffEntry.nested)],
  hasDetailedDiff: [7, flag],
});
export const createRequest = message({
  urn: [1, text],
  properties: [2, properties],
  timeout: [3, real],
  preview: [4, flag],
});
export const createResponse = message({ id: [1, text], properties: [2, properties] });
export const readRequest = message({
  id: [1, text],
  urn: [2, text],
  properties: [3, properties],
  inputs: [4, properties],
});
export const readResponse = message({ id: [1, text], properties: [2, properties], inputs: [3, properties] });
export const updateRequest = message({
  id: [1, text],
  urn: [2, text],
  olds: [3, properties],
  news: [4, properties],
  timeout: [5, real],
  ignoreChanges: [6, listOf(text)],
  preview: [7, flag],
  oldInputs: [8, properties],
});
export const updateResponse = message({ properties: [1, properties] });
export const deleteRequest = message({
  id: [1, text],
  urn: [2, text],
  properties: [3, properties],
  timeout: [4, real],
  oldInputs: [5, properties],
});
export const invokeRequest = message({ token: [1, text], args: [2, properties] });
export const invokeResponse = message({ return: [1, properties] });
export const initFailed = message({
  id: [1, text],
  properties: [2, properties],
  reasons: [3, listOf(text)],
  inputs: [4, properties],
});

/** google.protobuf.Any and google.rpc.Status, for errors with details. */
const any = message({ typeUrl: [1, text], value: [2, bytes] });
export const rpcStatus = message({ code: [1, whole], message: [2, text], details: [3, listOf(any.nested)] });

/** enum DiffChanges */
export const DIFF_NONE = 1,
  DIFF_SOME = 2;
/** enum PropertyDiff.Kind */
export const KINDS = {
  add: 0,
  "add-replace": 1,
  delete: 2,
  "delete-replace": 3,
  update: 4,
  "update-replace": 5,
} as const;
