import { differences, type Difference } from "../engine/differences.ts";
import { differingPaths, propertyDifferences, type Side } from "../engine/property-differences.ts";
import { propertyWords, type PropertyWords } from "./words.ts";

/** What a change of the files does to a resource. */
export type PreviewOp = "create" | "update" | "replace" | "delete" | "adopt" | "failed";

/** One property that changes, from what is there to what is declared. */
export interface PropertyChange extends PropertyWords {
  /** As the engine writes it: files["/etc/nginx/nginx.conf"].content. */
  path: string;
  before: unknown;
  after: unknown;
}

const SERVICE = "fleet:host:Service";

type Inputs = Record<string, unknown>;

/** What the engine writes for a value that is known only when the change is made. */
const NOT_KNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
export const NOT_KNOWN_YET = "[known after the change]";

/**
 * A service's name and the way to its host are no properties; another machine behind that name is.
 */
const isOwn = (type: string, op: PreviewOp, path: string): boolean =>
  !(type.startsWith("fleet:") && path.startsWith("connection") && (op === "create" || path !== "connection.machine")) &&
  !(type === SERVICE && (path === "host" || path === "service"));

/**
 * The properties in which a resource changes; of something new, all that are given. @param paths what the provider
 * itself says differs: two secrets look the same, and so does what a provider alone knows of
 */
export function propertyChanges(
  type: string,
  op: PreviewOp,
  paths: readonly string[],
  old: Side | undefined,
  next: Side | undefined,
): PropertyChange[] {
  if (op === "delete" || op === "adopt" || op === "failed") return [];
  const seen =
    op === "create"
      ? differences(emptyLike(type, next?.inputs), next?.inputs ?? {})
      : propertyDifferences(type, [...differingPaths(type, old, next), ...paths], old, next);
  return seen
    .filter(({ path }) => isOwn(type, op, path))
    .flatMap(withDropIns)
    .map(({ path, declared, found }) => ({
      path,
      ...propertyWords(type, path),
      before: known(declared),
      after: known(found),
    }));
}

/** A new service is told entry by entry: its files, its units. */
const emptyLike = (type: string, inputs: Inputs | undefined): Inputs =>
  type === SERVICE
    ? Object.fromEntries(
        Object.entries(inputs ?? {})
          .filter(([, value]) => typeof value === "object" && value !== null && !Array.isArray(value))
          .map(([key]) => [key, {}]),
      )
    : {};

/** A unit that comes or goes as a whole has texts of its own in its drop-ins. */
function withDropIns(difference: Difference): Difference[] {
  const { path, declared, found } = difference;
  const dropIns = (side: unknown): object =>
    typeof side === "object" && side !== null && "dropIns" in side ? (side.dropIns as object) : {};
  return [difference, ...differences({ dropIns: dropIns(declared) }, { dropIns: dropIns(found) }, SERVICE, path)];
}

function known(value: unknown): unknown {
  if (value === NOT_KNOWN) return NOT_KNOWN_YET;
  if (Array.isArray(value)) return value.map(known);
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, known(inner)]));
  return value;
}
