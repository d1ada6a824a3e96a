import type { Json } from "./reply.ts";

/**
 * A form's fields as one object: a part that holds JSON is parsed, and the official client's name[field][] notation
 * becomes nested objects and lists. Files are left out.
 */
export async function nestedField(form: FormData, name: string): Promise<unknown> {
  const whole = form.get(name);
  if (whole !== null) return JSON.parse(typeof whole === "string" ? whole : await whole.text());
  const root: Json = {};
  for (const [key, value] of form.entries()) {
    if (typeof value === "string" && key.startsWith(`${name}[`))
      put(
        root,
        [...key.slice(name.length).matchAll(/\[([^\]]*)\]/g)].map((match) => match[1] ?? ""),
        scalar(value),
      );
  }
  return Object.keys(root).length > 0 ? root : undefined;
}

/** Walks down the path; "" stands for a list, whose next element begins when a field would repeat. */
function put(target: Json, [field = "", ...rest]: string[], value: unknown): void {
  if (rest.length === 0) {
    target[field] = value;
  } else if (rest[0] === "") {
    const list = (target[field] ??= []) as unknown[];
    if (rest.length === 1) list.push(value);
    else putElement(list, rest.slice(1), value);
  } else {
    put((target[field] ??= {}) as Json, rest, value);
  }
}

function putElement(list: unknown[], path: string[], value: unknown): void {
  const last = list.at(-1) as Json | undefined;
  const fresh = last === undefined || (path.length === 1 && (path[0] ?? "") in last);
  const element = fresh ? {} : last;
  if (fresh) list.push(element);
  put(element, path, value);
}

const scalar = (text: string): unknown => (text === "true" ? true : text === "false" ? false : text);
