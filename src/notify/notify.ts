import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import type { DriftReport } from "../report/drift.ts";
import { withLock } from "../setup/lock.mjs";
import { newsOf } from "./findings.ts";
import { send, type Target } from "./targets.ts";
import { readTold, writeTold } from "./told-file.ts";

export interface Notice {
  stack: string;
  /** Undefined when nothing could be looked at. */
  report: DriftReport | undefined;
  /** The only host that was looked at. */
  only?: string;
  at: Date;
}

/**
 * Tells each target what it was not told yet. What could not be sent is told the next time; so may be what was received
 * without a word.
 * @param file remembers what was told
 * @returns who could not be told, and why
 */
export async function notify(
  { stack, report, only, at }: Notice,
  targets: readonly Target[],
  file: string,
  sleep?: (seconds: number) => Promise<unknown>,
): Promise<string[]> {
  await mkdir(dirname(file), { recursive: true });
  return withLock(`${file}.lock`, async () => {
    const told = await readTold(file, stack);
    const problems: string[] = [];
    for (const target of targets) {
      const news = newsOf(told[target.kind] ?? {}, report, only);
      try {
        if (news.fresh.length > 0 || news.resolved.length > 0) await send(target, stack, news, at, sleep);
        told[target.kind] = news.told;
        await writeTold(file, stack, told);
      } catch (error) {
        problems.push((error as Error).message);
      }
    }
    return problems;
  });
}
