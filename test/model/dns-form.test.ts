import { describe, expect, test } from "vitest";
import { canonicalContent, characterStrings, recordText, textOf } from "../../src/model/dns-form.ts";
import { zone, zoneOf } from "../../src/model/dns.ts";

describe("what a record says, however it is written", () => {
  test.each<[type: string, one: string, other: string, same: boolean]>([
    ["A", "192.0.2.1", "192.0.2.1", true],
    ["A", "192.0.2.1", "192.0.2.2", false],
    ["AAAA", "2001:DB8:0:0::1", "2001:db8::1", true],
    ["AAAA", "2001:db8::1", "2001:db8::2", false],
    ["CNAME", "Example.ORG.", "example.org", true],
    ["CNAME", "bücher.example", "xn--bcher-kva.example", true],
    ["NS", "ns1.example.org", "ns2.example.org", false],
    ["TXT", '"v=spf1 -all"', "v=spf1 -all", true],
    ["TXT", '"ab" "cd"', "abcd", true],
    ["TXT", '"say \\"hi\\""', 'say "hi"', true],
    ["TXT", '"\\226\\130\\172"', "€", true],
    ["TXT", "v=spf1 -ALL", "v=spf1 -all", false],
    ["TXT", 'a "quoted" word', 'a "quoted" word', true],
  ])("%s %s and %s", (type, one, other, same) =>
    expect(canonicalContent(type, one) === canonicalContent(type, other)).toBe(same),
  );

  test.each<[Parameters<typeof recordText>[0], string]>([
    [{ type: "MX", content: "MX.example.org", priority: 10 }, "10 mx.example.org"],
    [{ type: "SRV", data: { priority: 1, weight: "2", port: 3, target: "Sip.example.org." } }, "1 2 3 sip.example.org"],
    [{ type: "CAA", data: { flags: "0", tag: "Issue", value: "LetsEncrypt.org" } }, "0 issue letsencrypt.org"],
    [
      { type: "CAA", data: { flags: 0, tag: "issue", value: "ca.example.org; account=Ab" } },
      "0 issue ca.example.org; account=Ab",
    ],
    [
      { type: "CAA", data: { flags: 128, tag: "iodef", value: "mailto:Sec@example.org" } },
      "128 iodef mailto:Sec@example.org",
    ],
  ])("%j", (record, text) => expect(recordText(record)).toBe(text));
});

describe("text as character strings", () => {
  test.each<[string, string]>([
    ["v=spf1 -all", '"v=spf1 -all"'],
    ['say "hi" \\o/', '"say \\"hi\\" \\\\o/"'],
    ["a".repeat(300), `"${"a".repeat(255)}" "${"a".repeat(45)}"`],
    // No character is cut in two.
    ["€".repeat(86), `"${"€".repeat(85)}" "€"`],
  ])("%s", (text, strings) => {
    expect(characterStrings(text)).toBe(strings);
    expect(textOf(strings)).toBe(text);
  });
});

test.each<[string, string | undefined]>([
  ["example.com", "example.com"],
  ["www.example.com", "example.com"],
  ["a.lab.example.com", "lab.example.com"],
  ["LAB.Example.COM", "lab.example.com"],
  ["notexample.com", undefined],
  ["example.org", undefined],
])("the zone of %s is the innermost that holds it, in any spelling", (hostname, expected) => {
  const zones = [zone({ name: "example.com" }), zone({ name: "Lab.example.com" })];
  expect(zoneOf(zones, hostname)?.name.toLowerCase()).toBe(expected);
});
