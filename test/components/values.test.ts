import { expect, test } from "vitest";
import { joinValues } from "../../src/components/host/values.ts";
import { secret, text, type Text } from "../../src/model/text.ts";
import { envFile } from "../../src/render/env-file.ts";

const resolve = (where: Text, value: string): string => {
  const { parts } = where as { parts: string[] };
  return joinValues(
    parts,
    parts.map((part) => (typeof part === "string" ? part : value)),
  );
};

const quoted = envFile({ TOKEN: secret("TOKEN") });
const whole = text`# key\n${secret("TOKEN")}\n`;
const inLine = text`token ${secret("TOKEN")}\n`;
const doubly = text`password "${secret("TOKEN")}";`;
const pem = "-----BEGIN X-----\nAAAA\n-----END X-----\n";

test.each<[string, Text, string, string]>([
  ["an ordinary value in quotation marks", quoted, 'a"b$c\\d e', "TOKEN='a\"b$c\\d e'\n"],
  ["quotation marks that nothing closes", inLine, 'it\'s "odd"', 'token it\'s "odd"\n'],
  ["several lines that have them to themselves", whole, pem, `# key\n${pem}\n`],
  ["another kind of mark between double ones", doubly, "it's", 'password "it\'s";'],
])("fits: %s", (_, where, value, expected) => expect(resolve(where, value)).toBe(expected));

test.each<[string, Text, string, RegExp]>([
  ["a mark that ends its own", quoted, "a'; reboot; '", /secret TOKEN holds a ', which ends .* after "TOKEN='"/],
  ["a line break in marks", quoted, "a\nB=c", /secret TOKEN holds a line break/],
  ["a line break at the end", inLine, "abcdef\n", /line break: .* after "token "/],
  ["a line break before the rest of the line", text`${secret("TOKEN")} x`, "a\r", /line break/],
  ["a double mark", doubly, 'a"b', /holds a "/],
  [
    "a line break beside another value",
    text`${secret("TOKEN")}${secret("TOKEN")}`,
    "first\nsecond",
    /line break: .* after ""/,
  ],
  ["a backslash between double marks", doubly, "a\\", /holds a \\,/],
])("does not fit: %s", (_, where, value, expected) => {
  let message = "";
  try {
    resolve(where, value);
  } catch (error) {
    message = (error as Error).message;
  }
  expect(message).toMatch(expected);
  expect(message).not.toContain(value);
});
