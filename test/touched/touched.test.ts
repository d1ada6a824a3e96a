import { expect, test } from "vitest";
import { root } from "../../src/setup/paths.ts";
import { readModules } from "../../src/touched/changed-files.ts";
import { touchedStacks } from "../../src/touched/touched.ts";

const modules = new Map(
  Object.entries({
    "hosts/a/one.ts": 'import "../../services/nginx/index.ts"; import "../../stacks/a/parts.ts";',
    "hosts/a/two.ts": "",
    "hosts/b/one.ts": 'import "../../services/redis/index.ts"; import "../../stacks/a/shared.ts";',
    "hosts/c/one.ts": "await import(process.env.NAME);",
    "stacks/a/fleet.ts": "",
    "stacks/a/parts.ts": "",
    "stacks/a/shared.ts": "",
    "stacks/b/fleet.ts": "",
    "stacks/c/fleet.ts": "",
    "stacks/main.ts": 'import "../src/load.ts";',
    "src/load.ts": 'import "../services/stand-in/index.ts"; await import(path);',
    "services/nginx/index.ts": 'import "./site.ts"; import "../certificate/index.ts"; import "./gone.ts";',
    "services/nginx/site.ts": "",
    "services/nginx/old.ts": "",
    "services/certificate/index.ts": "",
    "services/redis/index.ts": "",
    "services/unused/index.ts": "",
    "services/stand-in/index.ts": "",
  }),
);
const all = ["a", "b", "c"];

test.each([
  ["nothing", [], []],
  [
    "documentation and tests",
    ["docs/x.md", "README.md", "test/a.test.ts", ".github/workflows/deploy.yml", "services/nginx/README.md"],
    [],
  ],
  ["a host", ["hosts/a/two.ts"], ["a"]],
  ["a host that is gone", ["hosts/b/three.ts"], ["b"]],
  ["a file of a stack", ["stacks/b/fleet.ts"], ["b"]],
  ["a data file of a stack", ["stacks/b/workers/photon.js"], ["b"]],
  ["the engine's settings of a stack", ["stacks/Pulumi.b.yaml"], ["b"]],
  ["a file of a stack that another one imports", ["stacks/a/shared.ts"], ["a", "b"]],
  ["a service", ["services/redis/index.ts"], ["b"]],
  ["a module deep inside", ["services/nginx/site.ts"], ["a"]],
  ["a service that another one needs", ["services/certificate/index.ts"], ["a"]],
  ["a module that is gone and still imported", ["services/nginx/gone.ts"], ["a"]],
  ["a file beside a service's modules", ["services/nginx/template.conf"], ["a"]],
  ["a module beside them that nobody imports", ["services/nginx/old.ts"], ["a"]],
  ["a service that nobody uses", ["services/unused/index.ts"], []],
  ["a service that shared code uses", ["services/stand-in/index.ts"], all],
  ["shared code", ["src/load.ts"], all],
  ["a new file of shared code", ["src/new.ts"], all],
  ["the program, the engine's settings, packages", ["stacks/main.ts"], all],
  ["packages", ["package-lock.json"], all],
  ["anything else", ["something/new"], all],
])("%s", (_what, changed, stacks) => {
  // What c imports is known only when it runs, so that everything but the harmless touches it.
  const open = stacks.length > 0 || changed.some((path) => path.startsWith("services/unused")) ? ["c"] : [];
  expect(touchedStacks(changed, modules).map(({ stack }) => stack)).toEqual([...new Set([...stacks, ...open])].sort());
});

test("the files that touch a stack are named", () => {
  expect(
    touchedStacks(
      ["docs/x.md", "hosts/a/one.ts", "services/nginx/site.ts", "services/redis/index.ts"],
      new Map([...modules].filter(([path]) => !path.startsWith("hosts/c") && !path.startsWith("stacks/c"))),
    ),
  ).toEqual([
    { stack: "a", because: ["hosts/a/one.ts", "services/nginx/site.ts"] },
    { stack: "b", because: ["services/redis/index.ts"] },
  ]);
});

test("in this repository a service touches the stacks whose hosts use it", async () => {
  const because = touchedStacks(["services/coturn/index.ts", "src/model/host.ts"], await readModules(root));
  expect(
    because.filter(({ because }) => because.includes("services/coturn/index.ts")).map(({ stack }) => stack),
  ).toEqual(["alaivos"]);
  expect(because.every(({ because }) => because.includes("src/model/host.ts"))).toBe(true);
});
