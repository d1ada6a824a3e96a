import type { DnsRecord } from "./dns-store.ts";

type Test = (record: DnsRecord) => boolean;

/** The records that a list query asks for, in its order. */
export function filterRecords(all: DnsRecord[], query: URLSearchParams): DnsRecord[] {
  const tests = [...query.entries()].flatMap(([key, wanted]) => testOf(key, wanted) ?? []);
  const any = query.get("match") === "any" && tests.length > 0;
  const found = all.filter((record) =>
    any ? tests.some((test) => test(record)) : tests.every((test) => test(record)),
  );
  return sorted(found, query.get("order"), query.get("direction"));
}

/** @returns undefined for what is no filter: paging, order. */
function testOf(key: string, wanted: string): Test | undefined {
  const [field = "", form = "exact"] = key.split(".");
  const value = wanted.toLowerCase();
  switch (field) {
    case "type":
      return (record) => record.type.toLowerCase() === value;
    case "proxied":
      return (record) => String(record.proxied) === value;
    case "search":
      return (record) =>
        [record.name, record.content, record.comment ?? "", ...record.tags].some((part) =>
          part.toLowerCase().includes(value),
        );
    case "name":
      return (record) => compare(record.name, form, value);
    case "content":
      return (record) => compare(record.content, form, value);
    case "comment":
      return (record) => (record.comment === null ? form === "absent" : compare(record.comment, form, value));
    case "tag":
      return tagTest(form, value);
    default:
      return undefined;
  }
}

/** tag.present and tag.absent take a tag's name; the others name:value. */
function tagTest(form: string, wanted: string): Test {
  const [name = "", value = ""] = wanted.split(/:(.*)/s);
  return (record) => {
    const found = record.tags.map((tag) => tag.toLowerCase().split(/:(.*)/s)).filter((tag) => tag[0] === name);
    if (form === "absent") return found.length === 0;
    return found.some((tag) => form === "present" || compare(tag[1] ?? "", form, value));
  };
}

function compare(text: string, form: string, wanted: string): boolean {
  const value = text.toLowerCase();
  const answers: Record<string, boolean> = {
    exact: value === wanted,
    contains: value.includes(wanted),
    startswith: value.startsWith(wanted),
    endswith: value.endsWith(wanted),
    present: true,
    absent: false,
  };
  return answers[form] ?? false;
}

function sorted(found: DnsRecord[], order: string | null, direction: string | null): DnsRecord[] {
  const field = (["type", "name", "content", "ttl", "proxied"] as const).find((known) => known === order);
  if (field === undefined) return found;
  const sign = direction === "desc" ? -1 : 1;
  return found.toSorted(
    (a, b) => sign * (field === "ttl" ? a.ttl - b.ttl : String(a[field]).localeCompare(String(b[field]))),
  );
}
