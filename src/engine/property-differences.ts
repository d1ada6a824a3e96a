import { differences, differencesAt, isInternal, keysOf, pathsTo, valueAt, type Difference } from "./differences.ts";
import { SECRET } from "./events.ts";
import { setAt } from "./sets.ts";

/** A resource as it is declared, or as it was found. */
export interface Side {
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
}

const NOTHING: Side = { inputs: {}, outputs: {} };

/** The paths of all inputs in which two sides differ. */
export const differingPaths = (type: string, declared: Side | undefined, found: Side | undefined): string[] =>
  differences(declared?.inputs ?? {}, found?.inputs ?? {}, type).map(({ path }) => path);

/**
 * What two sides of a resource differ in, at property paths such as its provider's own diff names them. A path into a
 * list stands for all of the list, since a provider numbers the elements as it pleases: what is told are the elements
 * that came, went or changed. The provider's word counts also where both values look the same, such as two secrets,
 * but not for the order of a set.
 */
export function propertyDifferences(
  type: string,
  paths: readonly string[],
  declared: Side = NOTHING,
  found: Side = NOTHING,
): Difference[] {
  const known = paths.filter((path) => !keysOf(path).some(isInternal));
  const [tags, others] = [known.filter((path) => isTag(type, path)), known.filter((path) => !isTag(type, path))];
  const byRoot = Map.groupBy(others, (path) => rootOf(path, declared, found));
  const told = [
    ...[...byRoot].flatMap(([root, within]) => differencesUnder(type, root, within, declared, found)),
    ...tagDifferences(tags, declared, found),
  ];
  return [...new Map(told.map((difference) => [difference.path, difference])).values()];
}

/** The outermost list that a path leads into; itself where it leads into none. */
const rootOf = (path: string, ...sides: readonly Side[]): string =>
  pathsTo(path).find((outer) =>
    sides.some(({ inputs, outputs }) => Array.isArray(valueAt(inputs, outer) ?? valueAt(outputs, outer))),
  ) ?? path;

function differencesUnder(
  type: string,
  root: string,
  paths: readonly string[],
  declared: Side,
  found: Side,
): Difference[] {
  const [from, to] = [valueAt(declared.inputs, root), valueAt(found.inputs, root)];
  const isInput = [from, to].some((value) => value !== undefined && value !== null);
  // What a provider computes by itself is told in the outputs only.
  const seen = isInput
    ? differences(from, to, type, root)
    : differences(valueAt(declared.outputs, root), valueAt(found.outputs, root), type, root);
  if (seen.length > 0) return seen;
  if (setAt(type, keysOf(root)) && !JSON.stringify([from, to]).includes(SECRET)) return [];
  return isInput
    ? differencesAt(paths, declared.inputs, found.inputs)
    : differencesAt(paths, declared.outputs, found.outputs);
}

/**
 * At AWS a thing has its own tags and those of its provider. Which of them is declared where is no matter of the thing:
 * in its outputs are all of them.
 */
const isTag = (type: string, path: string): boolean => type.startsWith("aws:") && /^tags(All)?\b/.test(path);

function tagDifferences(paths: readonly string[], declared: Side, found: Side): Difference[] {
  const of = (side: Side) => ({ ...tagsIn(side.outputs.tagsAll), ...tagsIn(side.inputs.tags) });
  const [from, to] = [of(declared), of(found)];
  const keys = paths.flatMap((path) => {
    const [, key] = keysOf(path);
    return key === undefined ? Object.keys({ ...from, ...to }) : [key];
  });
  return [...new Set(keys)].flatMap((key) => differences({ tags: pick(from, key) }, { tags: pick(to, key) }));
}

const tagsIn = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
const pick = (tags: Record<string, unknown>, key: string): Record<string, unknown> =>
  key in tags && !isInternal(key) ? { [key]: tags[key] } : {};
