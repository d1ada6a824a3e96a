import { expect, test } from "vitest";
import { keysOf } from "../../src/engine/differences.ts";
import { propertyWords, resourceWord } from "../../src/report/words.ts";

test.each([
  ["fleet:host:Service", "service"],
  ["cloudflare:index/dnsRecord:DnsRecord", "record"],
  ["hcloud:index/placementGroup:PlacementGroup", "placement group"],
  ["x:y/z:`Evil`\n<b>", "evilb"],
])("%s is a %s", (type, word) => expect(resourceWord(type)).toBe(word));

test.each([
  ['files["/etc/x"]', { kind: "file", name: "/etc/x", part: "" }],
  ['files["/etc/x"].content', { kind: "file", name: "/etc/x", part: "" }],
  ['files["/etc/x.d/a.b"].mode', { kind: "file", name: "/etc/x.d/a.b", part: "mode" }],
  ['units["x.service"].text', { kind: "unit", name: "x.service", part: "" }],
  ['units["x.service"].active', { kind: "unit", name: "x.service", part: "active" }],
  ['units["x.service"].dropIns.limits', { kind: "unit", name: "x.service", part: "drop-in limits" }],
  ["containers.api.image", { kind: "container", name: "api", part: "image" }],
  ['sysctl["net.ipv4.ip_forward"]', { kind: "kernel setting", name: "net.ipv4.ip_forward", part: "" }],
  ['records["/usr/local/bin/keep"].tokyo.interval', { kind: "entry", name: "tokyo", part: "interval" }],
  ["checks[0].within", { kind: "check", name: "", part: "within" }],
  ["packages", { kind: "packages", name: "", part: "" }],
  ["somethingElse.x", { kind: "", name: "somethingElse.x", part: "" }],
  ["files", { kind: "", name: "files", part: "" }],
])("%s in words", (path, words) => expect(propertyWords("fleet:host:Service", path)).toEqual(words));

test.each([
  ["hcloud:index/server:Server", "serverType", { kind: "", name: "serverType", part: "" }],
  ["hcloud:index/server:Server", "labels.role", { kind: "label", name: "role", part: "" }],
  ["aws:ec2/eip:Eip", 'tags["a:b"]', { kind: "tag", name: "a:b", part: "" }],
  ["hcloud:index/firewall:Firewall", "rules", { kind: "", name: "rules", part: "" }],
  [
    "hcloud:index/firewall:Firewall",
    'rules["in 22/tcp from ::/0"].description',
    { kind: "rule", name: "in 22/tcp from ::/0", part: "description", element: true },
  ],
  [
    "aws:ec2/securityGroup:SecurityGroup",
    'ingress["8443/tcp from 0.0.0.0/0"]',
    { kind: "ingress", name: "8443/tcp from 0.0.0.0/0", part: "", element: true },
  ],
  ["fleet:host:Service", 'packages["nginx"]', { kind: "package", name: "nginx", part: "", element: true }],
])("%s %s: elements and names are words, other properties keep their provider's names", (type, path, words) =>
  expect(propertyWords(type, path)).toEqual(words),
);

test("a path may hold what JSON would not", () =>
  expect(keysOf('files["/etc/a\nb"].mode')).toEqual(["files", "/etc/a\nb", "mode"]));
