import { invalidField, type FieldError } from "./errors.ts";

/** Letters, digits, - _ and . between letters or digits, at most 63 characters. */
const SEGMENT = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
const PREFIX = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;

export type Labels = Record<string, string>;

export function isLabelKey(key: string): boolean {
  const parts = key.split("/");
  const [prefix, name] = parts.length === 2 ? [parts[0], parts[1]] : [undefined, parts[0]];
  return parts.length <= 2 && SEGMENT.test(name ?? "") && (prefix === undefined || PREFIX.test(prefix));
}

export const isLabelValue = (value: string): boolean => value === "" || SEGMENT.test(value);

/** What is wrong with these labels by the vendor's rules. */
export function labelErrors(labels: Labels): FieldError[] {
  const messages = Object.entries(labels).flatMap(([key, value]) => {
    if (!isLabelKey(key)) return [`label key '${key}' is not correctly formatted`];
    if (!isLabelValue(value)) return [`label value '${value}' of key '${key}' is not correctly formatted`];
    return [];
  });
  return messages.length > 0 ? [{ name: "labels", messages }] : [];
}

type Requirement = (labels: Labels) => boolean;

/**
 * Reads a label selector: key, !key, key=value, key==value, key!=value, key in (a,b), key notin (a,b), joined by
 * commas.
 * @throws CloudError invalid_input when it is none.
 */
export function parseSelector(selector: string): Requirement {
  const parts = selector.split(/,(?![^(]*\))/).map((part) => part.trim());
  const requirements = parts.map((part) => parseRequirement(part, selector));
  return (labels) => requirements.every((holds) => holds(labels));
}

function parseRequirement(part: string, selector: string): Requirement {
  const set = /^(\S+)\s+(in|notin)\s+\(([^()]*)\)$/.exec(part);
  if (set !== null) {
    const [, key = "", operator, list = ""] = set;
    const values = list.split(",").map((value) => value.trim());
    checkParts(selector, key, values);
    return (labels) => values.includes(labels[key] ?? "\0") === (operator === "in");
  }
  const equality = /^([^\s=!]+)\s*(==|!=|=)\s*([^\s=!]*)$/.exec(part);
  if (equality !== null) {
    const [, key = "", operator, value = ""] = equality;
    checkParts(selector, key, [value]);
    return (labels) => (labels[key] === value) === (operator !== "!=");
  }
  const [, absent, key = ""] = /^(!?)\s*(\S*)$/.exec(part) ?? [];
  checkParts(selector, key, []);
  return (labels) => key in labels === (absent === "");
}

function checkParts(selector: string, key: string, values: string[]): void {
  if (!isLabelKey(key) || !values.every(isLabelValue))
    throw invalidField("label_selector", `label selector '${selector}' is not correctly formatted`);
}
