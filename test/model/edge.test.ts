import { describe, expect, test } from "vitest";
import { bucket, d1, edge, kv, loadBalancer, pages, tunnel, worker } from "../../src/model/edge.ts";
import { edgeHostnames } from "../../src/model/edge-hostnames.ts";
import { planned } from "../../src/model/status.ts";

test("an edge without anything is empty", () => {
  expect(edge({})).toEqual({ buckets: [], workers: [], pages: [], kv: [], d1: [], tunnels: [], loadBalancers: [] });
  expect(edgeHostnames(edge({}))).toEqual([]);
});

test("what is left out has the usual value", () => {
  expect(worker({ name: "w" })).toEqual({
    name: "w",
    status: "active",
    compatibilityDate: "2026-01-01",
    hostnames: [],
    routes: [],
    bindings: {},
    keep: [],
  });
  expect(tunnel({ name: "t", hosts: ["one"] })).toMatchObject({
    fallback: "http_status:404",
    standby: false,
    ingress: [],
  });
  expect(pages({ name: "p" })).toMatchObject({ domains: [], productionBranch: "main" });
});

test("every host name of the edge, with its owner and whether it is taken", () => {
  const all = edge({
    buckets: [bucket({ name: "files", customDomains: ["CDN.example.com"] })],
    workers: [planned(worker({ name: "hub", hostnames: ["hub.example.com"] }))],
    pages: [pages({ name: "site", domains: ["example.com"] })],
    tunnels: [
      tunnel({ name: "t", hosts: ["one"], ingress: [{ hostname: "api.example.com", service: "http://localhost:1" }] }),
      tunnel({
        name: "spare",
        hosts: ["two"],
        standby: true,
        ingress: [{ hostname: "*.example.com", service: "http://localhost:1" }],
      }),
    ],
    loadBalancers: [loadBalancer({ name: "lb", hostname: "www.example.com", origins: [{ host: "one" }] })],
    kv: [kv({ name: "store" })],
    d1: [d1({ name: "db" })],
  });
  expect(edgeHostnames(all)).toEqual([
    { hostname: "cdn.example.com", owner: "the bucket files", active: true },
    { hostname: "hub.example.com", owner: "the Worker hub", active: false },
    { hostname: "example.com", owner: "the Pages project site", active: true },
    { hostname: "api.example.com", owner: "the tunnel t", active: true },
    { hostname: "www.example.com", owner: "the load balancer lb", active: true },
  ]);
});

describe("what Cloudflare would refuse is refused before", () => {
  test.each<[string, () => unknown, string]>([
    [
      "a bucket in capitals",
      () => bucket({ name: "Files" }),
      'bucket "Files" is not valid\n  name: must be 3 to 63 lower-case letters, digits and hyphens (found "Files")',
    ],
    [
      "a host name that is a URL",
      () => worker({ name: "w", hostnames: ["https://x.example.com"] }),
      "hostnames[0]: must be a full host name",
    ],
    [
      "a script outside of the repository",
      () => worker({ name: "w", script: "../w.js" }),
      "script: must be a path inside the repository",
    ],
    [
      "a binding to two things",
      () => worker({ name: "w", bindings: { X: { kv: "a", d1: "b" } as never } }),
      "bindings.X: ",
    ],
    [
      "a tunnel to nowhere",
      () => tunnel({ name: "t", hosts: ["one"], ingress: [{ hostname: "x.example.com", service: "localhost:80" }] }),
      "ingress[0].service: must be a URL",
    ],
    [
      "a balancer without origins",
      () => loadBalancer({ name: "l", hostname: "x.example.com", origins: [] }),
      "origins: ",
    ],
    ["an account that is none", () => edge({ account: "me" }), "account: must be Cloudflare's account id"],
  ])("%s", (_, make, message) => expect(make).toThrow(message));
});
