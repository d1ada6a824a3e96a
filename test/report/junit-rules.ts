import type { Element } from "./read-xml.ts";

/**
 * The rules of the schemas that Ant's and Jenkins' reports are checked with, for tests that need nothing else.
 * test/lab/schemas.test.ts has the schemas themselves.
 */

interface ElementRule {
  /** Attributes by name: what the value must look like; a ? stands behind the name of one that may be left out. */
  attributes: Record<string, RegExp>;
  /** Children in order, as a regular expression over "name," for each. */
  children: RegExp;
  text?: true;
}

const token = /^\S(?:.*\S)?$/;
const name = token;
const int = /^\d+$/;
const decimal = /^\d+(\.\d+)?$/;
const anything = /^[^]*$/;
const finding: ElementRule = { attributes: { "message?": anything, type: anything }, children: /^$/, text: true };

const RULES: Record<string, ElementRule> = {
  testsuites: { attributes: {}, children: /^(testsuite,)*$/ },
  testsuite: {
    attributes: {
      package: token,
      id: int,
      name,
      timestamp: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/,
      hostname: name,
      tests: int,
      failures: int,
      errors: int,
      "skipped?": int,
      time: decimal,
    },
    children: /^properties,(testcase,)*system-out,system-err,$/,
  },
  properties: { attributes: {}, children: /^(property,)+$/ },
  property: { attributes: { name, value: anything }, children: /^$/ },
  testcase: { attributes: { name: token, classname: token, time: decimal }, children: /^((skipped|error|failure),)?$/ },
  skipped: { attributes: {}, children: /^$/ },
  error: finding,
  failure: finding,
  "system-out": { attributes: {}, children: /^$/, text: true },
  "system-err": { attributes: {}, children: /^$/, text: true },
};

/** Everything that breaks the rules. */
export function junitProblems(element: Element): string[] {
  const rule = RULES[element.name];
  if (!rule) return [`<${element.name}> is unknown`];
  const problems: string[] = [];
  for (const [key, pattern] of Object.entries(rule.attributes)) {
    const value = element.attributes[key.replace("?", "")];
    if (value === undefined ? !key.endsWith("?") : !pattern.test(value))
      problems.push(`<${element.name}> ${key}=${JSON.stringify(value)}`);
  }
  const unknown = Object.keys(element.attributes).filter(
    (key) => !(key in rule.attributes) && !(`${key}?` in rule.attributes),
  );
  problems.push(...unknown.map((key) => `<${element.name}> has no attribute ${key}`));
  const children = element.children.map((child) => `${child.name},`).join("");
  if (!rule.children.test(children)) problems.push(`<${element.name}> holds ${children}`);
  if (!rule.text && element.text.trim() !== "") problems.push(`<${element.name}> holds text`);
  return [...problems, ...element.children.flatMap(junitProblems)];
}
