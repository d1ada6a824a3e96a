import { describe, expect, test } from "vitest";
import { randomBytes } from "node:crypto";
import { checkSecret, declareSecret, describeFormat, inventSecret, type SecretSpec } from "../../src/model/secret.ts";

const declared = (format: Parameters<typeof declareSecret>[0]["format"]): SecretSpec =>
  declareSecret({ name: "THING", format, usedBy: ["a test"], make: "ask the owner" });

describe.each([
  [{ kind: "hex", length: 64 }, "64 hexadecimal digits", "xyz"],
  [{ kind: "base64", bytes: 32 }, "32 bytes in base64", "AAAA"],
  [
    { kind: "token", minLength: 20, prefix: "tok_" },
    '"tok_" and then at least 20 letters, digits, - or _',
    "tok_short",
  ],
  [{ kind: "uuid" }, "a UUID", "1234"],
  [{ kind: "pem" }, "PEM text that begins with", "key"],
  [{ kind: "json" }, "a JSON document", "{"],
  [{ kind: "url", scheme: "postgresql" }, "a URL that begins with postgresql:", "https://example.com"],
  [{ kind: "text", describe: "a password without quotation marks" }, "a password", " "],
] as const)("%o", (format, words, wrong) => {
  const spec = declared(format);
  test("is described in words", () => expect(describeFormat(spec.format)).toContain(words));
  test("accepts what is invented for it, each time another", () => {
    const one = inventSecret(spec, randomBytes);
    expect(checkSecret(spec, one)).toBeUndefined();
    expect(inventSecret(spec, randomBytes)).not.toBe(one);
  });
  test("refuses another format without showing the value", () => {
    const problem = checkSecret(spec, wrong);
    expect(problem).toContain(words);
    expect(problem).toContain("To make one: ask the owner");
    if (wrong.length > 5) expect(problem).not.toContain(wrong);
  });
});

test("a secret says its name, where it is used and how to make it", () => {
  expect(() => declareSecret({ name: "turn-secret", format: { kind: "json" }, usedBy: [], make: "" })).toThrow(
    /name: must be capitals[\s\S]*usedBy[\s\S]*make/,
  );
});
