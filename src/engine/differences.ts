/** One property that is not as declared. Paths read as in the engine: files["/etc/nginx/nginx.conf"].content. */
export interface Difference {
  path: string;
  declared: unknown;
  found: unknown;
}

/** What stands for a thing that is not there. */
export const ABSENT = "absent";

/**
 * Every leaf in which two plain values differ, in the order of the declared value's keys. A whole missing branch is one
 * difference.
 */
export function differences(declared: unknown, found: unknown, path = ""): Difference[] {
  if (isObject(declared) && isObject(found)) {
    const keys = new Set([...Object.keys(declared), ...Object.keys(found)]);
    return [...keys].flatMap((key) => differences(declared[key], found[key], join(path, key)));
  }
  if (Array.isArray(declared) && Array.isArray(found) && declared.length === found.length) {
    return declared.flatMap((value, i) => differences(value, found[i], `${path}[${i}]`));
  }
  return sameJson(declared ?? null, found ?? null) ? [] : [difference(path, declared, found)];
}

const difference = (path: string, declared: unknown, found: unknown): Difference => ({
  path,
  declared: declared ?? ABSENT,
  found: found ?? ABSENT,
});

/** The differences at given property paths, such as a provider's own diff names them. */
export const differencesAt = (paths: readonly string[], declared: unknown, found: unknown): Difference[] =>
  paths.map((path) => difference(path, valueAt(declared, path), valueAt(found, path)));

/** The keys of a property path: files["/etc/x"].mode is files, /etc/x and mode. */
export const keysOf = (path: string): string[] =>
  [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.[\]]+)/g)].map(([, quoted, index, plain]) =>
    quoted !== undefined ? unquoted(quoted) : (index ?? plain!),
  );

/** The engine writes some characters in quotation marks as they are, which JSON would not. */
function unquoted(text: string): string {
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return text;
  }
}

/** The value at a property path; undefined when there is nothing. */
function valueAt(value: unknown, path: string): unknown {
  return keysOf(path).reduce<unknown>(
    (inner, key) => (typeof inner === "object" && inner !== null ? (inner as Record<string, unknown>)[key] : undefined),
    value,
  );
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const join = (path: string, key: string): string => {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
};

const sameJson = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);
