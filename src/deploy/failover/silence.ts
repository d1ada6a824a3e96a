/** What Cloudflare says of a tunnel's connections; unknown when it does not answer. */
export type Connection = "connected" | "silent" | "unknown";

/** For how long nobody has been connected, and what was seen last. */
export interface Silence {
  seconds: number;
  last: Connection;
  at: number;
}

/**
 * Goes on counting. Only the time between two looks that both found nobody counts: what nobody saw is no silence, and
 * does not end one either. @param at seconds
 */
export function listen(before: Silence | undefined, now: Connection, at: number): Silence {
  const seconds = before?.seconds ?? 0;
  if (now === "connected") return { seconds: 0, last: now, at };
  const isSeen = before?.last === "silent" && now === "silent";
  return { seconds: isSeen ? seconds + (at - before.at) : seconds, last: now, at };
}
