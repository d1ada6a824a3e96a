import type { Host } from "../model/host.ts";

/**
 * What a host is in a tailnet: a tag for each of its roles, the main one first, or one of its own where it has none.
 * Tags are letters, digits and hyphens, and begin with a letter.
 */
export const tagsOf = ({ name, roles }: Pick<Host, "name" | "roles">): string[] => [
  ...new Set((roles.length > 0 ? roles : [name]).map(tagOf)),
];

/** By which others reach it: what it is for, and not which machine. */
export const mainTag = (host: Pick<Host, "name" | "roles">): string => tagsOf(host)[0]!;

function tagOf(role: string): string {
  const name = role.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  return /^[a-z]/.test(name) ? `tag:${name}` : `tag:role-${name}`;
}
