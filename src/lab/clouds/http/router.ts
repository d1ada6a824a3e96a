import type { Handler, Route } from "./types.ts";

export interface Match {
  handle: Handler;
  params: Record<string, string>;
}

/**
 * Finds the route for a request: "wrong-method" when the path exists for another method, undefined when it does not
 * exist.
 */
export type Router = (method: string, path: string) => Match | "wrong-method" | undefined;

export function createRouter(routes: Route[]): Router {
  const compiled = routes
    .map((route) => ({ route, pattern: split(route.path) }))
    .sort((a, b) => rank(a.pattern).localeCompare(rank(b.pattern)));
  return (method, path) => {
    const segments = split(path);
    const found = compiled.filter(({ pattern }) => fits(pattern, segments));
    const exact = found.find(({ route }) => route.method === method);
    if (exact === undefined) return found.length > 0 ? "wrong-method" : undefined;
    return { handle: exact.route.handle, params: readParams(exact.pattern, segments) };
  };
}

const split = (path: string): string[] => path.split("/").filter((segment) => segment !== "");
const isParam = (segment: string): boolean => segment.startsWith("{");
/** Sorts literal segments before placeholders, position by position. */
const rank = (pattern: string[]): string => pattern.map((segment) => (isParam(segment) ? "1" : "0")).join("");

function fits(pattern: string[], segments: string[]): boolean {
  return pattern.length === segments.length && pattern.every((part, i) => isParam(part) || part === segments[i]);
}

function readParams(pattern: string[], segments: string[]): Record<string, string> {
  const pairs = pattern.flatMap((part, i) =>
    isParam(part) ? [[part.slice(1, -1), decode(segments[i] ?? "")] as const] : [],
  );
  return Object.fromEntries(pairs);
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
