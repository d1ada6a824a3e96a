/**
 * A failover leads a tunnel's host names to its standby for a while. The comment of each record is the one memory of it,
 * where every computer sees it.
 */
export interface FailoverMark {
  /** "2026-11-30T07:18:19Z" */
  since: string;
  by: string;
  /** Tunnels, by name. */
  from: string;
  to: string;
  why?: string;
}

/** Host names that are failed over, each with the tunnel that it leads to now and the comment that says so. */
export type FailedOver = Readonly<Record<string, { to: string; comment: string }>>;

/** The most that Cloudflare takes as a comment on its free plan. Source: developers.cloudflare.com, "Record attributes". */
const LONGEST = 100;
const LONGEST_BY = 20;

/**
 * A mark as a comment. The reason is shortened to what there is room for.
 * @throws Error when the tunnels' names leave no room
 */
export function markText({ since, by, from, to, why = "" }: FailoverMark): string {
  const who = by.replace(/[^\w.@-]+/g, "-").slice(0, LONGEST_BY) || "somebody";
  const text = `failed over ${since} ${from}>${to} by ${who}`;
  if (text.length > LONGEST)
    throw new Error(
      `the names of the tunnels ${from} and ${to} are too long: a record's comment has ${LONGEST} characters to ` +
        "remember a failover in",
    );
  const reason = why.replace(/[\p{Cc}\s]+/gu, " ").trim();
  const room = LONGEST - text.length - 2;
  if (reason === "" || room < 1) return text;
  return `${text}: ${reason.length > room ? `${reason.slice(0, room - 1).toWellFormed()}…` : reason}`;
}

const MARK = /^failed over (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ) ([\w-]+)>([\w-]+) by ([\w.@-]+)(?:: (.+))?$/;

/** The mark that a comment is; undefined for what a person wrote. */
export function readMark(comment: string | null | undefined): FailoverMark | undefined {
  const match = MARK.exec(comment ?? "");
  if (!match) return undefined;
  const [, since, from, to, by, why] = match as unknown as [string, string, string, string, string, string?];
  return { since, by, from, to, ...(why !== undefined && { why }) };
}

/** "failed over since 2026-11-30 07:18:19 UTC by ann, from home to droplet: power is out" */
export const failoverWords = ({ since, by, from, to, why }: FailoverMark): string =>
  `failed over since ${since.slice(0, 10)} ${since.slice(11, 19)} UTC by ${by}, from ${from} to ${to}` +
  (why === undefined ? "" : `: ${why}`);

/** The moment as a mark has it. */
export const instantOf = (at: Date): string => `${at.toISOString().slice(0, 19)}Z`;
