import { importsOf } from "./imports.ts";

/** A stack that a change touches, and the changed files that do so. */
export interface TouchedStack {
  stack: string;
  because: string[];
}

/** Files that no deployment reads. */
const isHarmless = (path: string): boolean =>
  /^(docs|test|secrets\.example|\.github|\.ci)\/|\.md$|^\.gitignore$/.test(path);
/** Folders of stacks and hosts, and the engine's settings of a stack. */
const stackOf = (path: string): string | undefined =>
  /^(?:(?:stacks|hosts)\/([a-z0-9-]+)\/|stacks\/Pulumi\.([a-z0-9-]+)\.yaml$)/
    .exec(path)
    ?.slice(1)
    .find((name) => name !== undefined);
const serviceOf = (path: string): string | undefined => /^services\/[^/]+\//.exec(path)?.[0];

/**
 * The stacks whose deployment a change can alter: by their own files, by services that they use, through whatever
 * imports. What is shared by all, and whatever is not known to be harmless, touches all of them.
 *
 * @param changed paths from the repository's root, also of files that are gone
 * @param modules the text of every module in hosts/, services/, src/ and stacks/, by its path
 */
export function touchedStacks(changed: readonly string[], modules: ReadonlyMap<string, string>): TouchedStack[] {
  const names = stacksIn(modules);
  const closureOf = importer(modules);
  const shared = closureOf([...modules.keys()].filter((path) => path.startsWith("src/") || path === "stacks/main.ts"));
  const closures = new Map(
    names.map((name) => [name, closureOf([...modules.keys()].filter((path) => stackOf(path) === name))]),
  );
  const isKnown = (path: string) => [...closures.values()].some(({ paths }) => paths.has(path));
  const touches = (path: string, stack: string): boolean => {
    const { paths, isOpen } = closures.get(stack)!;
    if (isHarmless(path)) return false;
    if (isOpen || paths.has(path) || shared.paths.has(path)) return true;
    const [owner, service] = [stackOf(path), serviceOf(path)];
    if (owner !== undefined) return owner === stack;
    // What is beside a service's modules is read by them, in ways that imports do not tell.
    if (service !== undefined) return !isKnown(path) && [...paths].some((used) => used.startsWith(service));
    return true;
  };
  return names
    .map((stack) => ({ stack, because: changed.filter((path) => touches(path, stack)) }))
    .filter(({ because }) => because.length > 0);
}

/** Every stack: a folder under stacks/ with a fleet file. */
export const stacksIn = (modules: ReadonlyMap<string, string>): string[] =>
  [...modules.keys()].flatMap((path) => /^stacks\/([a-z0-9-]+)\/fleet\.ts$/.exec(path)?.[1] ?? []).sort();

/** Follows imports from some modules to all that they need. */
function importer(
  modules: ReadonlyMap<string, string>,
): (from: readonly string[]) => { paths: Set<string>; isOpen: boolean } {
  const known = new Map<string, ReturnType<typeof importsOf>>();
  const read = (path: string) => {
    const text = modules.get(path);
    const imports = known.get(path) ?? (text === undefined ? { paths: [], isOpen: false } : importsOf(path, text));
    known.set(path, imports);
    return imports;
  };
  return (from) => {
    const paths = new Set(from);
    let isOpen = false;
    // The set grows while it is walked.
    for (const path of paths) {
      const imports = read(path);
      // The project's own loader finds host files by their folder; those are counted as the stack's.
      isOpen ||= imports.isOpen && !path.startsWith("src/");
      for (const next of imports.paths) paths.add(next);
    }
    return { paths, isOpen };
  };
}
