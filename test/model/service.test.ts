import { expect, test } from "vitest";
import { z } from "zod";
import { assumed } from "../../src/model/assumed.ts";
import { contextOf } from "../../src/model/host.ts";
import { tcp } from "../../src/model/port.ts";
import { service } from "../../src/model/service.ts";
import { planned } from "../../src/model/status.ts";
import { server } from "./fixtures.ts";

const web = service("web", {
  args: z.strictObject({ port: z.int().min(1), name: z.string().default("www") }),
  runsOn: { os: ["debian"] },
  instance: (a) => `web-${a.name}`,
  ports: (a) => [tcp(a.port)],
  dependsOn: () => ["base"],
  render: (a, host) => ({ files: { "/etc/web": { content: `${host.name} ${a.port}\n` } } }),
  probes: (a) => [{ kind: "tcp", port: a.port, open: true }],
});

test("a service has everything that follows from its arguments", () => {
  const made = web({ port: 80 });
  expect(made).toMatchObject({
    kind: "web",
    name: "web-www",
    runsOn: { os: ["debian"] },
    ports: [tcp(80)],
    dependsOn: ["base"],
  });
  expect(made.render(contextOf(server("one"))).files).toEqual({
    "/etc/web": { content: "one 80\n", mode: "0644", owner: "root", group: "root" },
  });
  expect(made.probes(contextOf(server("one")))).toEqual([{ kind: "tcp", port: 80, open: true }]);
});

test("a kind that says only what it renders, and renders nothing", () => {
  const made = service("empty", { args: z.strictObject({}), render: () => ({}) })({});
  expect(made).toMatchObject({ kind: "empty", name: "empty", runsOn: {}, ports: [], dependsOn: [] });
  expect(made).not.toHaveProperty("assumptions");
  expect(made.render(contextOf(server("one")))).toEqual({
    packages: [],
    groups: {},
    users: {},
    directories: {},
    files: {},
    artifacts: {},
    units: {},
    cron: {},
    containers: {},
    records: {},
    sysctl: {},
    options: {},
    validations: [],
    checks: [],
  });
});

test("assumed arguments are used, and noted", () => {
  const made = web({ port: assumed(8080, "the document names no port") });
  expect(made.ports).toEqual([tcp(8080)]);
  expect(made.assumptions).toEqual([{ field: "port", value: 8080, why: "the document names no port" }]);
});

test("a planned service is the same, marked", () =>
  expect(planned(web({ port: 80 }))).toMatchObject({ name: "web-www", status: "planned" }));

test.each([
  [{}, "services/web: arguments are wrong\n  web.port: is missing: give a number"],
  [{ port: "80" }, 'web.port: Invalid input: expected number, received string (found "80")'],
  [{ port: 80, prot: 1 }, 'web: unknown field "prot": check the spelling or remove it'],
  [assumed({}, "why"), "web.port: is missing"],
])("wrong arguments %j name service, field, value and remedy", (args, message) =>
  expect(() => web(args as never)).toThrow(message),
);
