import { addRoute, createRouter as createTree, findRoute } from "rou3";
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
  const tree = createTree<Handler>();
  for (const { method, path, handle } of routes) addRoute(tree, method, path.replace(/\{(\w+)\}/g, ":$1"), handle);
  const methods = new Set(routes.map((route) => route.method));
  return (method, path) => {
    const found = findRoute(tree, method, path);
    if (found) return { handle: found.data, params: decoded(found.params) };
    return [...methods].some((other) => findRoute(tree, other, path)) ? "wrong-method" : undefined;
  };
}

const decoded = (params: Record<string, string> = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(params).map(([name, value]) => [name, decode(value)]));

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
