import type { Allowance } from "./types.ts";

/** Counts requests against an hourly allowance that refills steadily. */
export function createAllowance(perHour: number, now: () => number = Date.now): () => Allowance {
  const perMillisecond = perHour / 3_600_000;
  let left = perHour;
  let seen = now();
  return () => {
    const time = now();
    left = Math.max(0, Math.min(perHour, left + (time - seen) * perMillisecond) - 1);
    seen = time;
    return {
      limit: perHour,
      remaining: Math.floor(left),
      resetSeconds: Math.ceil((perHour - left) / perMillisecond / 1000),
    };
  };
}
