import { describe, expect, test } from "vitest";
import { facts, tokenOf } from "../../src/lab/plugins/cloudflare/facts.ts";
import { checkInputs, diffInputs } from "../../src/lab/plugins/schema.ts";
import { Secret, UNKNOWN, type Properties } from "../../src/plugin/types.ts";

const record: Properties = { zoneId: "z", name: "www.example.com", type: "A", content: "192.0.2.1", ttl: 300 };
const script: Properties = { accountId: "a", scriptName: "s", content: "code" };
const ruleset: Properties = {
  zoneId: "z",
  kind: "zone",
  name: "n",
  phase: "http_ratelimit",
  rules: [{ action: "block", expression: "true" }],
};

describe("a check", () => {
  test.each<[string, string, Properties, string[]]>([
    ["nothing wrong", "dnsRecord", record, []],
    [
      "nothing wrong with a value that is not known yet",
      "dnsRecord",
      { ...record, content: UNKNOWN, ttl: UNKNOWN },
      [],
    ],
    ["a missing property", "dnsRecord", { ...record, zoneId: undefined }, ["zoneId"]],
    ["an unknown property", "dnsRecord", { ...record, contents: "x" }, ["contents"]],
    ["a value that is not allowed", "dnsRecord", { ...record, type: "AA" }, ["type"]],
    ["a text for a number", "dnsRecord", { ...record, ttl: "300" }, ["ttl"]],
    ["an unknown property further in", "dnsRecord", { ...record, data: { flags: 0, tagg: "issue" } }, ["data.tagg"]],
    ["a missing property in a list", "ruleset", { ...ruleset, rules: [{ action: "block" }] }, ["rules[0].expression"]],
    [
      "a disallowed value in a list",
      "ruleset",
      { ...ruleset, rules: [{ action: "explode", expression: "true" }] },
      ["rules[0].action"],
    ],
    ["a property named like a method of every object", "dnsRecord", { ...record, constructor: "x" }, ["constructor"]],
    ["an object for a list", "dnsRecord", { ...record, tags: {} }, ["tags"]],
    [
      "keys of a map are free, their values are not",
      "pagesProject",
      {
        accountId: "a",
        name: "n",
        productionBranch: "main",
        deploymentConfigs: { production: { envVars: { ANY: { type: "wrong", value: "v" } } } },
      },
      ["deploymentConfigs.production.envVars.ANY.type"],
    ],
    ["a fraction for a whole number", "workersScript", { ...script, limits: { cpuMs: 1.5 } }, ["limits.cpuMs"]],
  ])("%s", (_, name, given, expected) => {
    expect(checkInputs(facts, tokenOf(name), given).failures.map(({ property }) => property)).toEqual(expected);
  });

  test("wraps what the schema calls secret, once, and never shows it", () => {
    const bindings = [
      { name: "A", type: "secret_text", text: "hidden" },
      { name: "B", type: "secret_text", text: new Secret("hidden") },
    ];
    const { inputs, failures } = checkInputs(facts, tokenOf("workersScript"), { ...script, bindings });
    expect(failures).toEqual([]);
    expect(inputs.bindings).toEqual([
      { name: "A", type: "secret_text", text: new Secret("hidden") },
      { name: "B", type: "secret_text", text: new Secret("hidden") },
    ]);
    expect(JSON.stringify(inputs)).not.toContain("hidden");
    const bad = checkInputs(facts, tokenOf("dnsRecord"), {
      ...record,
      type: new Secret("hidden"),
      ttl: new Secret("hidden"),
    });
    expect(bad.failures).toHaveLength(2);
    expect(JSON.stringify(bad.failures)).not.toContain("hidden");
  });
});

describe("a diff", () => {
  test.each<[string, string, Properties, Properties, Record<string, string>]>([
    ["no change", "dnsRecord", record, record, {}],
    ["an update", "dnsRecord", record, { ...record, content: "192.0.2.2" }, { content: "update" }],
    [
      "a replacement",
      "dnsRecord",
      record,
      { ...record, type: "TXT", zoneId: "y" },
      { type: "update-replace", zoneId: "update-replace" },
    ],
    ["an addition", "dnsRecord", record, { ...record, comment: "note" }, { comment: "add" }],
    ["a removal", "dnsRecord", { ...record, comment: "note" }, record, { comment: "delete" }],
    [
      "a value that becomes secret is the same",
      "dnsRecord",
      record,
      { ...record, content: new Secret("192.0.2.1") },
      {},
    ],
    ["a value that is not known yet", "dnsRecord", record, { ...record, content: UNKNOWN }, { content: "update" }],
    [
      "the default is the same as nothing",
      "dnsRecord",
      record,
      { ...record, proxied: false, tags: [], comment: "" },
      {},
    ],
    [
      "one field of a list's element",
      "ruleset",
      ruleset,
      { ...ruleset, rules: [{ action: "log", expression: "true" }] },
      { "rules[0].action": "update" },
    ],
    [
      "one more element",
      "dnsRecord",
      { ...record, tags: ["a"] },
      { ...record, tags: ["a", "b"] },
      { "tags[1]": "add" },
    ],
    [
      "a key with a dot",
      "ruleset",
      { ...ruleset, rules: [{ action: "skip", expression: "true", actionParameters: { rules: { "a.b": ["1"] } } }] },
      { ...ruleset, rules: [{ action: "skip", expression: "true", actionParameters: { rules: { "a.b": ["2"] } } }] },
      { 'rules[0].actionParameters.rules["a.b"][0]': "update" },
    ],
    [
      "what the provider chose and nobody declares",
      "r2Bucket",
      { accountId: "a", name: "b", location: "weur" },
      { accountId: "a", name: "b" },
      {},
    ],
    [
      "what the provider chose and somebody declares",
      "r2Bucket",
      { accountId: "a", name: "b", location: "weur" },
      { accountId: "a", name: "b", location: "apac" },
      { location: "update-replace" },
    ],
  ])("%s", (_, name, olds, news, expected) => {
    const { detailed } = diffInputs(facts, tokenOf(name), olds, news, ["location"]);
    expect(Object.fromEntries(Object.entries(detailed).map(([path, { kind }]) => [path, kind]))).toEqual(expected);
  });
});
