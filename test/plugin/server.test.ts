import { credentials, type Client, type ServiceError } from "@grpc/grpc-js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import grpc from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import pb from "@pulumi/pulumi/proto/provider_pb.js";
import type * as Pb from "@pulumi/pulumi/proto/provider_pb.js";
import rpcStatus from "@pulumi/pulumi/proto/status_pb.js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { redact } from "../../src/plugin/errors.ts";
import { listenPlugin, type Listening } from "../../src/plugin/server.ts";
import { PartialFailure, Secret, type DiffResult, type Plugin, type Properties } from "../../src/plugin/types.ts";
import { fromStruct, toStruct } from "./struct.ts";

const urn = "urn:pulumi:s::p::fleet:host:Host$test:a:Thing::name::with::colons";
let configured: Properties | undefined;
let cancelled = 0;
const seen: Record<string, unknown>[] = [];

const plugin: Plugin = {
  name: "test",
  version: "1.2.3",
  configure: async (config) => void (configured = config),
  cancel: () => void cancelled++,
  functions: { "test:a:double": async ({ n }) => ({ n: (n as number) * 2 }) },
  resources: {
    "test:a:Thing": {
      check: async ({ news, olds }) => ({
        inputs: { ...news, olds: olds ?? null },
        failures: news["bad"] ? [{ property: "bad", reason: "is bad" }] : [],
      }),
      diff: async ({ news }) => ({
        detailed: (news["detailed"] ?? {}) as DiffResult["detailed"],
        deleteBeforeReplace: news["dbr"] === true,
      }),
      create: async (request) => {
        seen.push(request);
        if (request.inputs["fail"] === "partly")
          throw new PartialFailure("id-1", { s: new Secret("hidden") }, { i: 1 }, ["one", "two"]);
        if (request.inputs["fail"] === "wholly") throw new Error("disk full on ghost-01");
        return { id: "id-1", state: request.inputs };
      },
      read: async ({ id, state }) => (id === "gone" ? undefined : { id, inputs: { from: "read" }, state: state ?? {} }),
      update: async (request) => (seen.push(request), { state: request.news }),
      delete: async (request) => void seen.push(request),
    },
  },
};

let listening: Listening;
let client: Client;
beforeAll(async () => {
  listening = await listenPlugin(plugin);
  client = new grpc.ResourceProviderClient(`127.0.0.1:${listening.port}`, credentials.createInsecure(), {
    "grpc.max_receive_message_length": -1,
  });
});
afterAll(async () => {
  client.close();
  await listening.close();
});

/** Calls a method by its gRPC name with a request built from its setters. */
function call<Response>(method: string, request: object, over = client): Promise<Response> {
  const send = (
    over as unknown as Record<
      string,
      (request: object, done: (error: ServiceError | null, response: Response) => void) => void
    >
  )[method]!;
  return new Promise((resolve, reject) =>
    send.call(over, request, (error, response) => (error ? reject(error) : resolve(response))),
  );
}

function diffRequest(news: Properties) {
  const request = new pb.DiffRequest();
  request.setUrn(urn);
  request.setNews(toStruct(news));
  return request;
}

const { DIFF_NONE, DIFF_SOME } = pb.DiffResponse.DiffChanges;
const diffs: [
  string,
  DiffResult["detailed"],
  { changes: number; replaces: string[]; diffs: string[]; kinds: [string, number][] },
][] = [
  ["nothing changed", {}, { changes: DIFF_NONE, replaces: [], diffs: [], kinds: [] }],
  [
    "paths inside one property",
    { 'files["/etc/a.b"].mode': { kind: "update" }, 'files["/etc/c"]': { kind: "add" } },
    {
      changes: DIFF_SOME,
      replaces: [],
      diffs: ["files"],
      kinds: [
        ['files["/etc/a.b"].mode', 4],
        ['files["/etc/c"]', 0],
      ],
    },
  ],
  [
    "a replacement",
    { host: { kind: "update-replace" }, a: { kind: "delete" } },
    {
      changes: DIFF_SOME,
      replaces: ["host"],
      diffs: ["a", "host"],
      kinds: [
        ["a", 2],
        ["host", 5],
      ],
    },
  ],
  [
    "a quoted top-level name",
    { '["a.b"].c': { kind: "add-replace" } },
    { changes: DIFF_SOME, replaces: ["a.b"], diffs: ["a.b"], kinds: [['["a.b"].c', 1]] },
  ],
];
test.each(diffs)("diff: %s", async (_, detailed, expected) => {
  const response = await call<Pb.DiffResponse>("diff", diffRequest({ detailed }));
  const kinds = response
    .getDetaileddiffMap()
    .getEntryList()
    .map(([path]) => [path, response.getDetaileddiffMap().get(path)!.getKind()]);
  expect({
    changes: response.getChanges(),
    replaces: response.getReplacesList(),
    diffs: response.getDiffsList(),
    kinds,
  }).toEqual(expected);
  expect(response.getHasdetaileddiff()).toBe(true);
  expect(response.getDeletebeforereplace()).toBe(false);
});

test("diff: delete before replace", async () => {
  expect((await call<Pb.DiffResponse>("diff", diffRequest({ dbr: true }))).getDeletebeforereplace()).toBe(true);
});

test("check returns inputs and failures, and tells a first check from a later one", async () => {
  const request = new pb.CheckRequest();
  request.setUrn(urn);
  request.setOlds(toStruct({}));
  request.setNews(toStruct({ bad: true }));
  const first = await call<Pb.CheckResponse>("check", request);
  expect(fromStruct(first.getInputs())).toEqual({ bad: true, olds: null });
  expect(first.getFailuresList().map((f) => f.toObject())).toEqual([{ property: "bad", reason: "is bad" }]);
  request.setOlds(toStruct({ a: 1 }));
  expect(fromStruct((await call<Pb.CheckResponse>("check", request)).getInputs())["olds"]).toEqual({ a: 1 });
});

function createRequest(inputs: Properties) {
  const request = new pb.CreateRequest();
  request.setUrn(urn);
  request.setProperties(toStruct(inputs));
  request.setPreview(true);
  request.setTimeout(90);
  return request;
}

test("create passes preview and timeout, and returns the state with its secrets", async () => {
  const response = await call<Pb.CreateResponse>("create", createRequest({ a: new Secret("s") }));
  expect(response.getId()).toBe("id-1");
  expect(fromStruct(response.getProperties())).toEqual({ a: new Secret("s") });
  expect(seen.at(-1)).toEqual({ urn, inputs: { a: new Secret("s") }, preview: true, timeoutSeconds: 90 });
});

test("a partial failure carries the state to keep in the trailer that the engine reads", async () => {
  const error = await call("create", createRequest({ fail: "partly" })).catch((e: ServiceError) => e);
  expect(error).toMatchObject({ code: 2, details: "one\ntwo" });
  const status = rpcStatus.Status.deserializeBinary(
    (error as ServiceError).metadata.get("grpc-status-details-bin")[0] as Buffer,
  );
  const detail = status.getDetailsList()[0]!;
  expect(detail.getTypeUrl()).toBe("type.googleapis.com/pulumirpc.ErrorResourceInitFailed");
  const failed = pb.ErrorResourceInitFailed.deserializeBinary(detail.getValue_asU8());
  expect({
    id: failed.getId(),
    state: fromStruct(failed.getProperties()),
    inputs: fromStruct(failed.getInputs()),
    reasons: failed.getReasonsList(),
  }).toEqual({
    id: "id-1",
    state: { s: new Secret("hidden") },
    inputs: { i: 1 },
    reasons: ["one", "two"],
  });
});

test("an error is its message, without a stack or details", async () => {
  const error = (await call("create", createRequest({ fail: "wholly" })).catch((e: ServiceError) => e)) as ServiceError;
  expect(error).toMatchObject({ code: 2, details: "disk full on ghost-01" });
  expect(error.metadata.get("grpc-status-details-bin")).toEqual([]);
});

test("an unknown resource type is named together with what there is", async () => {
  const request = new pb.ReadRequest();
  request.setUrn("urn:pulumi:s::p::test:a:Other::x");
  await expect(call("read", request)).rejects.toMatchObject({
    details: "the test plugin has no resource type test:a:Other; it has test:a:Thing",
  });
});

test("read: found, and gone without an id", async () => {
  const request = new pb.ReadRequest();
  request.setUrn(urn);
  request.setId("here");
  request.setProperties(toStruct({ a: 1 }));
  const found = await call<Pb.ReadResponse>("read", request);
  expect([found.getId(), fromStruct(found.getProperties()), fromStruct(found.getInputs())]).toEqual([
    "here",
    { a: 1 },
    { from: "read" },
  ]);
  request.setId("gone");
  const gone = await call<Pb.ReadResponse>("read", request);
  expect([gone.getId(), gone.hasProperties()]).toEqual(["", false]);
});

test("configuration arrives decoded: maps as values, text as it is", async () => {
  const request = new pb.ConfigureRequest();
  request.setArgs(toStruct({ token: new Secret("12345"), endpoints: '["a"]', on: "true", odd: "{not json}" }));
  const response = await call<Pb.ConfigureResponse>("configure", request);
  expect(configured).toEqual({ token: new Secret("12345"), endpoints: ["a"], on: true, odd: "{not json}" });
  expect([response.getAcceptsecrets(), response.getSupportspreview(), response.getAcceptoutputs()]).toEqual([
    true,
    true,
    false,
  ]);
});

test("a plugin for each connection keeps its own configuration", async () => {
  const own = (): Plugin => {
    let config: Properties = {};
    return {
      name: "own",
      version: "1.0.0",
      resources: {},
      configure: async (given) => void (config = given),
      functions: { "own:a:config": async () => config },
    };
  };
  const served = await listenPlugin(own);
  const connect = () =>
    new grpc.ResourceProviderClient(`127.0.0.1:${served.port}`, credentials.createInsecure(), {
      "grpc.use_local_subchannel_pool": 1,
    });
  const clients = ["eu-west-2", "ap-south-1"].map((region) => ({ region, client: connect() }));
  for (const { region, client: each } of clients) {
    const request = new pb.ConfigureRequest();
    request.setArgs(toStruct({ region }));
    await call("configure", request, each);
  }
  for (const { region, client: each } of clients) {
    const request = new pb.InvokeRequest();
    request.setTok("own:a:config");
    expect(fromStruct((await call<Pb.InvokeResponse>("invoke", request, each)).getReturn())).toEqual({ region });
    each.close();
  }
  await served.close();
});

test("update, delete, invoke and cancel reach the plugin", async () => {
  const update = new pb.UpdateRequest();
  update.setUrn(urn);
  update.setId("id-1");
  update.setOlds(toStruct({ a: 1 }));
  update.setOldInputs(toStruct({ a: 2 }));
  update.setNews(toStruct({ a: 3 }));
  update.setIgnorechangesList(["x"]);
  expect(fromStruct((await call<Pb.UpdateResponse>("update", update)).getProperties())).toEqual({ a: 3 });
  expect(seen.at(-1)).toEqual({
    urn,
    id: "id-1",
    olds: { a: 1 },
    oldInputs: { a: 2 },
    news: { a: 3 },
    preview: false,
    timeoutSeconds: 0,
    ignoreChanges: ["x"],
  });

  const remove = new pb.DeleteRequest();
  remove.setUrn(urn);
  remove.setId("id-1");
  remove.setOldInputs(toStruct({ a: 2 }));
  remove.setProperties(toStruct({ a: 3 }));
  await call("delete", remove);
  expect(seen.at(-1)).toEqual({ urn, id: "id-1", inputs: { a: 2 }, state: { a: 3 }, timeoutSeconds: 0 });

  const invoke = new pb.InvokeRequest();
  invoke.setTok("test:a:double");
  invoke.setArgs(toStruct({ n: 21 }));
  expect(fromStruct((await call<Pb.InvokeResponse>("invoke", invoke)).getReturn())).toEqual({ n: 42 });

  await call("cancel", new empty.Empty());
  expect(cancelled).toBe(1);
});

test("a message of many megabytes passes", async () => {
  const big = "x".repeat(5 * 1024 * 1024);
  const response = await call<Pb.CreateResponse>("create", createRequest({ big }));
  expect((fromStruct(response.getProperties())["big"] as string).length).toBe(big.length);
});

const redactions: [string, string, string[], string][] = [
  ["nothing to hide", "all fine", [], "all fine"],
  ["every occurrence", "key=abcd1 key=abcd1", ["abcd1"], "key=[secret] key=[secret]"],
  ["the longer of two first", "abcd1234", ["abcd", "abcd1234"], "[secret]"],
  ["one line of a secret of several", "line: second", ["first\nsecond\n"], "line: [secret]"],
  ["too short to be a secret", "a = 1", ["a"], "a = 1"],
];
test.each(redactions)("redact: %s", (_, text, secrets, expected) => {
  expect(redact(text, secrets)).toBe(expected);
});
