import { expect, test } from "vitest";
import { combine, takeApart, type Rule } from "../../src/lab/plugins/aws/security-group-rules.ts";

const web = (port: number, more: Partial<Rule> = {}): Rule => ({
  protocol: "tcp",
  fromPort: port,
  toPort: port,
  cidrBlocks: ["0.0.0.0/0"],
  ipv6CidrBlocks: ["::/0"],
  ...more,
});
const everything: Rule = { protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] };
const only = (port: number, cidr: string): Rule => ({
  protocol: "tcp",
  fromPort: port,
  toPort: port,
  cidrBlocks: [cidr],
});

test("an entry is taken apart into a rule for each network", () => {
  expect(takeApart([web(80, { description: "web" }), everything]).map(({ permission }) => permission)).toEqual([
    { IpProtocol: "tcp", FromPort: 80, ToPort: 80, IpRanges: [{ CidrIp: "0.0.0.0/0", Description: "web" }] },
    { IpProtocol: "tcp", FromPort: 80, ToPort: 80, Ipv6Ranges: [{ CidrIpv6: "::/0", Description: "web" }] },
    { IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0", Description: undefined }] },
  ]);
});

test.each<[string, Rule[], Rule[], Rule[]]>([
  ["nothing", [], [], []],
  ["what is declared, in its order", [web(443), web(80)], [web(80), web(443)], [web(80), web(443)]],
  [
    "one that nobody declared comes last",
    [only(22, "0.0.0.0/0"), web(80)],
    [web(80)],
    [web(80), only(22, "0.0.0.0/0")],
  ],
  ["one network that is missing", [only(80, "0.0.0.0/0")], [web(80)], [only(80, "0.0.0.0/0")]],
  ["a whole entry that is missing", [web(80)], [web(443), web(80)], [web(80)]],
  [
    "another description is another rule",
    [web(80, { description: "by hand" })],
    [everything],
    [web(80, { description: "by hand" })],
  ],
])("found rules as they were declared: %s", (_, found, declared, expected) => {
  expect(combine(takeApart(found), declared)).toEqual(expected);
});
