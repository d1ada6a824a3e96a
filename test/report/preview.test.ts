import { describe, expect, test } from "vitest";
import type { EngineEvent } from "../../src/engine/events.ts";
import { previewOf, type PreviewFacts } from "../../src/report/preview.ts";
import { component, failure, machine, RECORD, service, step, unreachable, zone } from "./events.ts";

const none: PreviewFacts = { policies: [], problems: [] };
const preview = (...events: EngineEvent[]) => previewOf("s", events, none);
const file = (content: string, more = {}) => ({ content, mode: "0644", owner: "root", group: "root", ...more });

describe("previewOf", () => {
  test("nothing changes nothing", () => {
    expect(preview()).toEqual({
      version: 1,
      stack: "s",
      summary: { create: 0, update: 0, replace: 0, delete: 0, adopt: 0, same: 0 },
      resources: [],
      review: { digest: expect.stringMatching(/^[0-9a-f]{16}$/), places: {} },
      unseen: [],
      ...none,
    });
    expect(preview(service("same", "web", "nginx", { old: {}, new: {} }))).toMatchObject({
      summary: { same: 1 },
      resources: [],
    });
  });

  test("a service is told by its files, and without the way to its host", () => {
    const before = {
      host: "web",
      service: "nginx",
      connection: { address: "192.0.2.1" },
      files: { "/etc/x": file("a\nb\n") },
      __defaults: [],
    };
    const after = {
      host: "web",
      service: "nginx",
      connection: { address: "192.0.2.2" },
      files: { "/etc/x": file("a\nc\n") },
      __defaults: ["y"],
    };
    expect(preview(service("update", "web", "nginx", { old: before, new: after })).resources).toMatchObject([
      {
        op: "update",
        what: "service",
        name: "nginx",
        place: { kind: "host", name: "web" },
        changes: [
          {
            path: 'files["/etc/x"].content',
            kind: "file",
            name: "/etc/x",
            part: "",
            before: "a\nb\n",
            after: "a\nc\n",
          },
        ],
      },
    ]);
  });

  test("a new service is told entry by entry, drop-ins of its units too", () => {
    const unit = { enabled: true, active: true, dropIns: { limits: "[Service]\nLimitNOFILE=9\n" } };
    const [row] = preview(
      service("create", "web", "nginx", {
        new: { files: { "/etc/x": file("a") }, units: { "x.service": unit }, packages: ["nginx"] },
      }),
    ).resources;
    expect(row!.changes.map(({ kind, name, part }) => [kind, name, part])).toEqual([
      ["file", "/etc/x", ""],
      ["unit", "x.service", ""],
      ["unit", "x.service", "drop-in limits"],
      ["packages", "", ""],
    ]);
  });

  test("another machine behind a host's name is told, the machine of something new is not", () => {
    const on = (machine: string) => ({ host: "web", service: "nginx", connection: { address: "192.0.2.1", machine } });
    const [changed, made] = preview(
      service("update", "web", "nginx", { old: on("aws:eu-west-2/i-1"), new: on("aws:eu-west-2/i-2") }),
      service("create", "web", "site", { new: on("aws:eu-west-2/i-2") }),
    ).resources;
    expect([changed!.changes, made!.changes]).toMatchObject([
      [{ path: "connection.machine", before: "aws:eu-west-2/i-1", after: "aws:eu-west-2/i-2" }],
      [],
    ]);
  });

  test("two secrets that differ are told, though they look the same", () => {
    const inputs = { files: { "/etc/key": file("[secret]") } };
    const [row] = preview(
      service("update", "web", "x", {
        old: inputs,
        new: inputs,
        detailedDiff: { 'files["/etc/key"].content': "update", connection: "update" },
      }),
    ).resources;
    expect(row!.changes).toEqual([
      {
        path: 'files["/etc/key"].content',
        kind: "file",
        name: "/etc/key",
        part: "",
        before: "[secret]",
        after: "[secret]",
      },
    ]);
  });

  test("a value that is known later is said to be", () => {
    const [row] = preview(
      step("create", RECORD, "a.example.com A", { new: { content: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" } }),
    ).resources;
    expect(row!.changes).toMatchObject([{ path: "content", before: "absent", after: "[known after the change]" }]);
  });

  test("the steps of a replacement are one, with its reason", () => {
    const [old, next] = [{ location: "hel1" }, { location: "nbg1" }];
    const server = (op: string) =>
      step(op, "hcloud:index/server:Server", "web", {
        parent: machine("web"),
        old,
        new: next,
        detailedDiff: { location: "update-replace", labels: "update" },
      });
    const { summary, resources } = preview(
      server("create-replacement"),
      server("replace"),
      step("delete-replaced", "hcloud:index/server:Server", "web", { parent: machine("web"), old }),
    );
    expect(summary.replace).toBe(1);
    expect(resources).toMatchObject([
      {
        op: "replace",
        what: "server",
        because: ["location"],
        changes: [{ path: "location", before: "hel1", after: "nbg1" }, { path: "labels" }],
      },
    ]);
  });

  test("what is adopted stands apart from what stays", () => {
    expect(preview(step("import", RECORD, "a A", { old: { x: 1 }, new: { x: 2 } }))).toMatchObject({
      summary: { adopt: 1, same: 0 },
      resources: [{ op: "adopt", changes: [] }],
    });
  });

  test("hosts come before zones, zones before the rest, each by its name; records at the edge go to their zone", () => {
    const facts = { ...none, declared: { zones: [{ name: "example.com", id: "z1" }] } } as unknown as PreviewFacts;
    const edge = "urn:pulumi:s::fleet::fleet:cloudflare:Edge::edge";
    const record = (name: string, parent: string) => step("create", RECORD, name, { parent, new: { zoneId: "z1" } });
    const events = [
      component(edge),
      component(zone("example.org")),
      component(machine("b")),
      component(machine("a")),
      record("www CNAME", edge),
      step("create", "cloudflare:index/r2Bucket:R2Bucket", "models", { parent: edge, new: {} }),
      step("create", RECORD, "x A", { parent: zone("example.org"), new: { zoneId: "z2" } }),
      service("create", "b", "x", { new: {} }),
      service("create", "a", "y", { new: {} }),
      service("create", "a", "x", { new: {} }),
      step("create", "fleet:index:Token", "kuma", { new: {} }),
    ];
    expect(
      previewOf("s", events.reverse(), facts).resources.map(
        ({ place, name }) => `${place.kind} ${place.name}: ${name}`,
      ),
    ).toEqual([
      "host a: x",
      "host a: y",
      "host b: x",
      "zone example.com: www CNAME",
      "zone example.org: x A",
      "edge : models",
      "fleet : kuma",
    ]);
  });

  test("who could not be looked at is named, and what failed is a problem", () => {
    const nginx = service("update", "web", "nginx", { old: {}, new: {} });
    const failed = preview(
      unreachable("web", "nginx", "web is unreachable: timed out"),
      nginx,
      failure("it broke", nginx.resOutputsEvent!.metadata.urn),
      failure("no program"),
    );
    expect(failed).toMatchObject({
      unseen: [{ name: "web/nginx", reason: "web is unreachable: timed out" }],
      problems: ["web/nginx: it broke", "no program"],
    });
  });

  test("components and the engine's own providers are no things of the fleet", () => {
    expect(
      preview(
        component(machine("web")),
        step("create", "pulumi:providers:hcloud", "default", { new: {} }),
        step("create", "pulumi:providers:hcloud", "default_1_33_0", { new: {} }),
      ).resources,
    ).toEqual([]);
  });

  test("the provider of a region is the region's", () => {
    const tokyo = "urn:pulumi:s::fleet::fleet:aws:Instance::tokyo";
    const { resources, summary } = preview(
      component(tokyo),
      step("create", "pulumi:providers:aws", "tokyo-region", { parent: tokyo, new: { region: "ap-northeast-1" } }),
    );
    expect(resources).toMatchObject([
      { op: "create", what: "provider of the region", name: "tokyo-region", place: { kind: "host", name: "tokyo" } },
    ]);
    expect(summary.create).toBe(1);
  });
});
