import { diffArrays } from "diff";
import { elementsOf, setAt, type SetKind } from "./sets.ts";

/**
 * One property that is not as declared. Paths read as in the engine: files["/etc/nginx/nginx.conf"].content. An element
 * of a set stands in them by what identifies it: ingress["8443/tcp from 0.0.0.0/0"].
 */
export interface Difference {
  path: string;
  declared: unknown;
  found: unknown;
}

/** What stands for a thing that is not there, and for one that is and of which there is nothing else to say. */
export const ABSENT = "absent";
export const PRESENT = "present";

/** Comparing two lists that have little in common takes the square of this in steps. */
const MOST_EDITS = 1000;

/**
 * Every leaf in which two plain values differ, in the order of the declared value's keys. A whole missing branch is one
 * difference. Sets of the type are compared element by element, other lists in order, by their longest common part.
 *
 * @param type of the resource that has them; none where nothing is known of its sets
 */
export function differences(declared: unknown, found: unknown, type = "", path = ""): Difference[] {
  if (isObject(declared) && isObject(found)) {
    const keys = new Set([...Object.keys(declared), ...Object.keys(found)].filter((key) => !isInternal(key)));
    return [...keys].flatMap((key) => differences(declared[key], found[key], type, join(path, key)));
  }
  const set = [declared, found].some(Array.isArray) ? setAt(type, keysOf(path)) : undefined;
  if (set && [declared, found].every(isListOrNothing)) return setDifferences(declared, found, set, type, path);
  if (Array.isArray(declared) && Array.isArray(found)) return listDifferences(declared, found, type, path);
  return sameJson(declared ?? null, found ?? null) ? [] : [difference(path, declared, found)];
}

function setDifferences(declared: unknown, found: unknown, set: SetKind, type: string, path: string): Difference[] {
  const sides = [declared, found].map((list) => elementsOf(withoutInternal(list ?? []) as unknown[], set.identify));
  const [from, to] = sides as [Map<string, Set<string>>, Map<string, Set<string>>];
  const none = new Set<string>();
  return [...new Set([...from.keys(), ...to.keys()])].flatMap((key) => {
    const [old, now] = [from.get(key) ?? none, to.get(key) ?? none];
    const gone = [...old].filter((rest) => !now.has(rest));
    const come = [...now].filter((rest) => !old.has(rest));
    // There may be several by one key, such as two rules that only their descriptions tell apart.
    return Array.from({ length: Math.max(gone.length, come.length) }, (_, i) =>
      elementDifferences(gone[i], come[i], type, `${path}[${JSON.stringify(i === 0 ? key : `${key} (${i + 1})`)}]`),
    ).flat();
  });
}

/** An element that is on one side alone is told as a whole. */
function elementDifferences(declared: string | undefined, found: string | undefined, type: string, path: string) {
  const [from, to] = [declared, found].map((text) => text && (JSON.parse(text) as Record<string, unknown>));
  if (from && to) return differences(from, to, type, path);
  const told = (rest: typeof from) => rest && (Object.keys(rest).length > 0 ? rest : PRESENT);
  return [difference(path, told(from), told(to))];
}

function listDifferences(
  declared: readonly unknown[],
  found: readonly unknown[],
  type: string,
  path: string,
): Difference[] {
  const runs = diffArrays([...declared], [...found], { comparator: sameJson, maxEditLength: MOST_EDITS });
  if (runs === undefined) return [difference(path, declared, found)];
  const changes: Difference[] = [];
  const [at, gone, come] = [{ from: 0, to: 0 }, [] as unknown[], [] as unknown[]];
  // What goes and what comes at one place is one element that changed, as long as there is one for the other.
  const tell = () => {
    for (let i = 0; i < Math.max(gone.length, come.length); i += 1) {
      const index = i < come.length ? at.to - come.length + i : at.from - gone.length + i;
      changes.push(...differences(gone[i], come[i], type, `${path}[${index}]`));
    }
    gone.length = come.length = 0;
  };
  for (const { value, added, removed } of runs) {
    if (!added && !removed) tell();
    if (!added) at.from += value.length;
    if (!removed) at.to += value.length;
    if (added) come.push(...value);
    if (removed) gone.push(...value);
  }
  tell();
  return changes;
}

const difference = (path: string, declared: unknown, found: unknown): Difference => ({
  path,
  declared: withoutInternal(declared ?? ABSENT),
  found: withoutInternal(found ?? ABSENT),
});

/** The differences at given property paths, such as a provider's own diff names them. */
export const differencesAt = (paths: readonly string[], declared: unknown, found: unknown): Difference[] =>
  paths.map((path) => difference(path, valueAt(declared, path), valueAt(found, path)));

const PART = /\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.[\]]+)/g;

/** The keys of a property path: files["/etc/x"].mode is files, /etc/x and mode. */
export const keysOf = (path: string): string[] =>
  [...path.matchAll(PART)].map(([, quoted, index, plain]) =>
    quoted !== undefined ? unquoted(quoted) : (index ?? plain!),
  );

/** A path and those of all that it is in, the outermost first. */
export const pathsTo = (path: string): string[] =>
  [...path.matchAll(PART)].map((part) => path.slice(0, part.index + part[0].length));

/** The engine writes some characters in quotation marks as they are, which JSON would not. */
function unquoted(text: string): string {
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return text;
  }
}

/** The value at a property path; undefined when there is nothing. */
export function valueAt(value: unknown, path: string): unknown {
  return keysOf(path).reduce<unknown>(
    (inner, key) => (typeof inner === "object" && inner !== null ? (inner as Record<string, unknown>)[key] : undefined),
    value,
  );
}

/** Notes that the engine and its providers keep among properties, such as which of them are defaults. */
export const isInternal = (key: string): boolean => /^__(defaults|meta|provider|internal|pulumi\w*)$/.test(key);

function withoutInternal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutInternal);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => (isInternal(key) ? [] : [[key, withoutInternal(inner)]])),
  );
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isListOrNothing = (value: unknown): boolean => Array.isArray(value) || value === undefined || value === null;

const join = (path: string, key: string): string => {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
};

/** Equal by meaning: the order of keys and internal notes say nothing. */
const sameJson = (a: unknown, b: unknown): boolean => a === b || canonical(a) === canonical(b);

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    isObject(inner)
      ? Object.fromEntries(
          Object.entries(inner)
            .filter(([key, each]) => !isInternal(key) && each !== null && each !== undefined)
            .sort(([a], [b]) => (a < b ? -1 : 1)),
        )
      : inner,
  ) ?? "";
