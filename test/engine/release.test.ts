import { expect, test } from "vitest";
import { releasables } from "../../src/deploy/release.ts";
import { keptIn, protectedInWords } from "../../src/engine/protected.ts";
import { withItsOwn, without } from "../../src/engine/release.ts";
import { nameOf } from "../../src/engine/events.ts";
import type { StateResource } from "../../src/engine/state.ts";

const FLEET = "urn:pulumi:s::fleet::fleet:index:Fleet::s";
const urn = (type: string, name: string) => `urn:pulumi:s::fleet::${type}::${name}`;
const resource = (type: string, name: string, parent: string, more: Partial<StateResource> = {}): StateResource => ({
  urn: urn(type, name),
  type,
  parent,
  custom: !/^fleet:(hetzner|cloudflare|index:Fleet)/.test(type),
  ...more,
});
const CF = "cloudflare:index/";
const [SERVICE, HOST, EDGE, ZONE] = [
  "fleet:host:Service",
  "fleet:hetzner:Server",
  urn("fleet:cloudflare:Edge", "s"),
  urn("fleet:cloudflare:Zone", "e.com"),
];
const on = (...urns: string[]) => ({ dependencies: urns });
const bucket = urn(`${CF}r2Bucket:R2Bucket`, "models");
const project = urn(`${CF}pagesProject:PagesProject`, "docs");
const pagesRecord = urn(`${CF}dnsRecord:DnsRecord`, "docs.e.com CNAME");
const [web, server] = [urn(HOST, "web"), urn("hcloud:index/server:Server", "web")];
const worker = urn("fleet:cloudflare:Worker", "hub");
const script = urn(`${CF}workersScript:WorkersScript`, "hub");
const kv = urn(`${CF}workersKvNamespace:WorkersKvNamespace`, "docs");

const state: StateResource[] = [
  resource("pulumi:pulumi:Stack", "s", ""),
  resource("fleet:index:Fleet", "s", ""),
  resource(HOST, "web", FLEET),
  resource("hcloud:index/firewall:Firewall", "web-firewall", web),
  resource("hcloud:index/server:Server", "web", web, {
    ...on(urn("hcloud:index/firewall:Firewall", "web-firewall")),
    protect: true,
  }),
  resource(SERVICE, "web/base", web, { inputs: { host: "web" }, ...on(server) }),
  resource(SERVICE, "web/nginx", web, { inputs: { host: "web" }, ...on(server, urn(SERVICE, "web/base")) }),
  resource(HOST, "db", FLEET),
  resource(SERVICE, "db/nginx", urn(HOST, "db"), { inputs: { host: "db" }, ...on(urn(SERVICE, "web/nginx")) }),
  resource("fleet:mesh:Key", "web-mesh", urn("fleet:mesh:WireGuard", "s"), { inputs: { host: "web" } }),
  resource("fleet:cloudflare:Zone", "e.com", FLEET),
  resource(`${CF}dnsRecord:DnsRecord`, "www.e.com A", ZONE, {
    ...on(server),
    propertyDependencies: { content: [server], name: null },
    deletedWith: server,
  }),
  resource("fleet:cloudflare:Edge", "s", FLEET),
  resource(`${CF}r2Bucket:R2Bucket`, "models", EDGE, { protect: true }),
  resource(`${CF}r2CustomDomain:R2CustomDomain`, "cdn.e.com", EDGE, on(bucket)),
  resource(`${CF}pagesProject:PagesProject`, "docs", EDGE),
  resource(`${CF}dnsRecord:DnsRecord`, "docs.e.com CNAME", EDGE),
  resource(`${CF}pagesDomain:PagesDomain`, "docs.e.com", EDGE, on(project, pagesRecord)),
  resource(`${CF}workersKvNamespace:WorkersKvNamespace`, "docs", EDGE),
  resource(`${CF}workersKv:WorkersKv`, "docs/a", EDGE, on(kv)),
  resource("fleet:cloudflare:Worker", "hub", EDGE),
  resource(`${CF}workersScript:WorkersScript`, "hub", worker, on(kv)),
  resource(`${CF}workersRoute:WorkersRoute`, "e.com/*", worker, on(script)),
];
const names = (urns: Iterable<string>) => [...urns].map(nameOf).sort();

test.each<[what: string, of: string, own: string[]]>([
  ["a service, and nothing that comes after it", urn(SERVICE, "web/base"), ["web/base"]],
  [
    "a host with its key of the mesh, and no record",
    web,
    ["web", "web", "web-firewall", "web-mesh", "web/base", "web/nginx"],
  ],
  ["a firewall without its server", urn("hcloud:index/firewall:Firewall", "web-firewall"), ["web-firewall"]],
  ["a bucket with its host name", bucket, ["cdn.e.com", "models"]],
  ["a project with its host name and the record of that", project, ["docs", "docs.e.com", "docs.e.com CNAME"]],
  ["a namespace with its values, and no script that reads it", kv, ["docs", "docs/a"]],
  ["a zone with its records", ZONE, ["e.com", "www.e.com A"]],
  ["a record", urn(`${CF}dnsRecord:DnsRecord`, "www.e.com A"), ["www.e.com A"]],
])("what belongs to %s", (_what, of, own) => expect(names(withItsOwn([of], state))).toEqual(own));

test.each<[name: string, titles: string[]]>([
  ["models", ["bucket models"]],
  ["web", ["host web"]],
  ["hub", ["worker hub"]],
  ["web/nginx", ["service web/nginx"]],
  ["nginx", ["service web/nginx", "service db/nginx"]],
  ["docs", ["Pages project docs", "KV namespace docs"]],
  ["KV namespace docs", ["KV namespace docs"]],
  [bucket, ["bucket models"]],
  ["s", []],
  ["nothing", []],
])("the name %s can be %j", (name, titles) =>
  expect(releasables(name, state).map(({ title }) => title)).toEqual(titles),
);

test("what is told are things, and the host that they are on", () =>
  expect(releasables("web", state)).toMatchObject([
    {
      host: "web",
      things: ["firewall web-firewall", "server web", "service web/base", "service web/nginx", "mesh key web-mesh"],
    },
  ]));

test("a state without a thing speaks of it nowhere, and holds everything else as it was", () => {
  const gone = withItsOwn([web], state);
  const exported = {
    version: 3,
    deployment: {
      manifest: { x: 1 },
      resources: state,
      pending_operations: [{ type: "creating", resource: { urn: server } }],
    },
  };
  const left = without(exported, gone);
  expect(JSON.stringify(left)).not.toContain(server);
  expect(left).toMatchObject({ version: 3, deployment: { manifest: { x: 1 }, pending_operations: [] } });
  expect(left.deployment.resources.find((r) => r.urn.endsWith("::www.e.com A"))).toMatchObject({
    dependencies: [],
    propertyDependencies: { content: [], name: [] },
  });
  expect(left.deployment.resources).toHaveLength(state.length - gone.size);
  expect(without(exported, new Set())).toEqual({
    ...exported,
    deployment: {
      ...exported.deployment,
      resources: state.map((r) =>
        r.propertyDependencies ? { ...r, propertyDependencies: { content: [server], name: [] } } : r,
      ),
    },
  });
});

test("the engine's refusal becomes one line with the command; other errors stay", () => {
  const error = (message: string, severity: "error" | "warning" = "error") => ({
    sequence: 0,
    timestamp: 0,
    diagnosticEvent: { urn: bucket, message, severity },
  });
  const refusal =
    `Preview failed: resource "${bucket}" cannot be deleted\nbecause it is protected. To unprotect the resource, ` +
    `use the command:\n\`pulumi state unprotect '${bucket}'\``;
  const told = protectedInWords(error(refusal), (name) => `npx fleet release s ${name}`);
  expect(told.diagnosticEvent!.message).toBe(
    "it is protected, and the files do not declare it any more: `npx fleet release s models` stops managing it and keeps it",
  );
  const others = [error("it broke"), error(refusal, "warning")];
  expect(others.map((event) => protectedInWords(event, String))).toEqual(others);
  expect(keptIn([told, ...others])).toEqual(new Set([bucket]));
});
