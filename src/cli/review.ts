import { differing } from "../deploy/observe.ts";
import type { OpenStack } from "../deploy/stack.ts";
import { checkAll } from "./commands/check.ts";

/**
 * What is not in order on hosts now: what is not as declared, what cannot be looked at, and checks from outside that
 * fail.
 */
export async function reviewHosts(stack: OpenStack, hosts: readonly string[]): Promise<string[]> {
  const [rows, checks] = await Promise.all([differing(stack, hosts, new Date()), checkAll(stack, hosts)]);
  return [
    ...rows.map(({ name, status, reason, changes }) =>
      status === "unknown"
        ? `${name} is unknown: ${reason}`
        : `${name} has drifted: ${changes.map(({ path }) => path || "it is absent").join(", ")}`,
    ),
    ...checks.flatMap(({ what, problem }) => (problem === undefined ? [] : [`${what}: ${problem}`])),
  ];
}
