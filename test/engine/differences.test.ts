import { expect, test } from "vitest";
import { differences, differencesAt } from "../../src/engine/differences.ts";

test.each([
  ["nothing", { a: { b: [1] } }, { a: { b: [1] } }, []],
  ["null and missing as one", { a: null }, {}, []],
  ["the order of keys as nothing", { a: [{ x: 1, y: 2 }] }, { a: [{ y: 2, x: 1 }] }, []],
  ["a leaf", { a: { b: 1 } }, { a: { b: 2 } }, [{ path: "a.b", declared: 1, found: 2 }]],
  [
    "a key that needs quotes",
    { files: { "/etc/x": 1 } },
    { files: { "/etc/x": 2 } },
    [{ path: 'files["/etc/x"]', declared: 1, found: 2 }],
  ],
  ["an element", { a: [1, 2] }, { a: [1, 3] }, [{ path: "a[1]", declared: 2, found: 3 }]],
  ["an element that is more", { a: [1] }, { a: [1, 2] }, [{ path: "a[1]", declared: "absent", found: 2 }]],
  ["what is missing", { a: { b: 1 } }, {}, [{ path: "a", declared: { b: 1 }, found: "absent" }]],
  ["what nobody declared", {}, { a: false }, [{ path: "a", declared: "absent", found: false }]],
])("differences: %s", (_what, declared, found, expected) => {
  expect(differences(declared, found)).toEqual(expected);
  expect(
    differencesAt(
      expected.map((d) => d.path),
      declared,
      found,
    ),
  ).toEqual(expected);
});

const rule = (port: number, ...cidrBlocks: string[]) => ({ protocol: "tcp", fromPort: port, toPort: port, cidrBlocks });
const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const FIREWALL = "hcloud:index/firewall:Firewall";
const SERVICE = "fleet:host:Service";
const GRE = { direction: "in", protocol: "gre", sourceIps: ["a"] };
const SCRIPT = "cloudflare:index/workersScript:WorkersScript";

test.each<[what: string, type: string, declared: object, found: object, told: [string, unknown, unknown][]]>([
  ["the same list", "", { a: [1, 2, 3] }, { a: [1, 2, 3] }, []],
  ["an element at the top of a list", "", { a: ["b", "c"] }, { a: ["a", "b", "c"] }, [["a[0]", "absent", "a"]]],
  ["an element out of the middle", "", { a: ["a", "b", "c"] }, { a: ["a", "c"] }, [["a[1]", "b", "absent"]]],
  [
    "order where it counts",
    "",
    { a: ["a", "b"] },
    { a: ["b", "a"] },
    [
      ["a[0]", "a", "absent"],
      ["a[1]", "absent", "a"],
    ],
  ],
  [
    "a field of an element below a new one",
    "",
    { a: [{ x: 1, y: 1 }, { x: 2 }] },
    { a: [{ x: 0 }, { x: 2 }, { x: 3 }] },
    [
      ["a[0].x", 1, 0],
      ["a[0].y", 1, "absent"],
      ["a[2]", "absent", { x: 3 }],
    ],
  ],
  [
    "a set in another order",
    GROUP,
    { ingress: [rule(80, "a"), rule(443, "a")] },
    { ingress: [rule(443, "a"), rule(80, "a")] },
    [],
  ],
  [
    "networks in another order and apart",
    GROUP,
    { ingress: [rule(80, "a", "b")] },
    { ingress: [rule(80, "b"), rule(80, "a")] },
    [],
  ],
  [
    "a rule that is more, whatever stands before it",
    GROUP,
    { ingress: [rule(80, "0.0.0.0/0")] },
    { ingress: [rule(8443, "0.0.0.0/0"), rule(80, "0.0.0.0/0")] },
    [['ingress["8443/tcp from 0.0.0.0/0"]', "absent", "present"]],
  ],
  [
    "a set that nobody declared",
    GROUP,
    {},
    { egress: [{ protocol: "-1", fromPort: 0, toPort: 0, self: true }] },
    [['egress["everything to the group itself"]', "absent", "present"]],
  ],
  ["an empty set as none", GROUP, { ingress: [] }, {}, []],
  [
    "a rule for nobody",
    GROUP,
    { ingress: [rule(80)] },
    { ingress: [] },
    [['ingress["80/tcp from nowhere"]', "present", "absent"]],
  ],
  [
    "what is said of a rule",
    FIREWALL,
    { rules: [{ direction: "in", protocol: "tcp", port: "22", sourceIps: ["::/0"], description: "ssh" }] },
    {
      rules: [
        { direction: "in", protocol: "tcp", port: "22", sourceIps: ["::/0"], description: "mine" },
        { direction: "out", protocol: "icmp", destinationIps: ["::/0"], description: "ping" },
      ],
    },
    [
      ['rules["in 22/tcp from ::/0"].description', "ssh", "mine"],
      ['rules["out icmp to ::/0"]', "absent", { description: "ping" }],
    ],
  ],
  [
    "two that are alike, and one that is there twice",
    FIREWALL,
    { rules: [GRE, GRE] },
    { rules: [{ ...GRE, description: "b" }, GRE, { ...GRE, description: "a" }] },
    [
      ['rules["in gre from a"]', "absent", { description: "b" }],
      ['rules["in gre from a (2)"]', "absent", { description: "a" }],
    ],
  ],
  [
    "a binding by its name",
    SCRIPT,
    {
      bindings: [
        { name: "A", text: "1" },
        { name: "B", text: "2" },
      ],
    },
    {
      bindings: [
        { name: "B", text: "3" },
        { name: "A", text: "1" },
      ],
    },
    [['bindings["B"].text', "2", "3"]],
  ],
  [
    "a package",
    SERVICE,
    { packages: ["nginx", "curl"] },
    { packages: ["curl"] },
    [['packages["nginx"]', "present", "absent"]],
  ],
  [
    "an account's group",
    SERVICE,
    { users: { "a b": { groups: ["x"] } } },
    { users: { "a b": { groups: ["y", "x"] } } },
    [['users["a b"].groups["y"]', "absent", "present"]],
  ],
  [
    "notes of a provider, at any depth",
    GROUP,
    { tags: { a: 1 }, __defaults: [] },
    { tags: { a: 1, __defaults: ["x"] }, ingress: [{ ...rule(80, "a"), __defaults: [] }] },
    [['ingress["80/tcp from a"]', "absent", "present"]],
  ],
  [
    "a name that only looks like such a note",
    "",
    { a: {} },
    { a: { __x: { __defaults: [], b: 1 } } },
    [["a.__x", "absent", { b: 1 }]],
  ],
])("elements: %s", (_what, type, declared, found, told) =>
  expect(differences(declared, found, type).map((d) => [d.path, d.declared, d.found])).toEqual(told),
);

test("lists that have little in common are told as a whole, in no time", () => {
  const [a, b] = [Array.from({ length: 3000 }, (_, i) => i), Array.from({ length: 3000 }, (_, i) => -1 - i)];
  expect(differences({ a }, { a: b }).map(({ path }) => path)).toEqual(["a"]);
});
