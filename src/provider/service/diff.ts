import { Secret, UNKNOWN, type DiffResult, type Properties } from "../../plugin/types.ts";
import { isWithin, joinPath } from "../aspects/path.ts";

/**
 * What is between the state (what was found) and the declaration, by property path. The state has the shape of the
 * inputs, so the paths are the inputs' own. How a host is reached is no difference, but another machine behind its name
 * is: nothing is on that yet. Another host or service name is another resource.
 */
export function diffService(state: Properties, declared: Properties, ignored: readonly string[] = []): DiffResult {
  const detailed: DiffResult["detailed"] = {};
  for (const key of ["host", "service"]) {
    if (differ(state[key], declared[key])) detailed[key] = { kind: "update-replace", input: true };
  }
  const { host, service, connection, ...rest } = state;
  const { host: newHost, service: newService, connection: newConnection, ...newRest } = declared;
  const report = (path: string, kind: "add" | "delete" | "update") => {
    if (!ignored.some((prefix) => isWithin(path, prefix))) detailed[path] = { kind, input: true };
  };
  const [machine, newMachine] = [machineOf(connection), machineOf(newConnection)];
  if (machine !== undefined && newMachine !== undefined && differ(machine, newMachine))
    report("connection.machine", "update");
  // A map that is left out is an empty one: what is in the other is told one by one.
  for (const key of new Set([...Object.keys(rest), ...Object.keys(newRest)])) {
    const [from, to] = [rest[key], newRest[key]];
    collect(from ?? (isMap(to) ? {} : from), to ?? (isMap(from) ? {} : to), key, report);
  }
  return { detailed, deleteBeforeReplace: true };
}

/**
 * Branches that both sides have are compared key by key, lists of as many maps too; other lists, and what only one side
 * has, are one difference.
 */
function collect(
  from: unknown,
  to: unknown,
  path: string,
  report: (path: string, kind: "add" | "delete" | "update") => void,
): void {
  if (isMapList(from) && isMapList(to) && from.length === to.length) {
    from.forEach((item, i) => collect(item, to[i], joinPath(path, i), report));
  } else if (isMap(from) && isMap(to)) {
    for (const key of new Set([...Object.keys(from), ...Object.keys(to)]))
      collect(from[key], to[key], joinPath(path, key), report);
  } else if (differ(from, to)) report(path, isNothing(from) ? "add" : isNothing(to) ? "delete" : "update");
}

const differ = (a: unknown, b: unknown): boolean => !(isNothing(a) && isNothing(b)) && canonical(a) !== canonical(b);

/** An empty map is the same as none: the engine may drop either. */
const isNothing = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  (isMap(value) && Object.keys(value).length === 0) ||
  (Array.isArray(value) && value.length === 0);

const machineOf = (connection: unknown): unknown => (isMap(connection) ? connection.machine : undefined);

const isMapList = (value: unknown): value is Record<string, unknown>[] => Array.isArray(value) && value.every(isMap);

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Secret);

/** Text that is equal for equal values, whatever the order of keys; a value not known yet equals nothing else. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, function (this: Record<string, unknown>, key, item: unknown) {
    // toJSON of Secret has hidden the value by now
    const original = this[key];
    if (original instanceof Secret) return { secret: canonical(original.value) };
    if (item === UNKNOWN) return { unknown: true };
    return isMap(item) ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1))) : item;
  }) ?? "";
