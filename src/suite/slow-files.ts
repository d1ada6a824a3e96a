import { relative } from "node:path";
import type { Vitest } from "vitest/node";

/** How long one test file took, its imports and hooks included. */
export interface FileTime {
  file: string;
  seconds: number;
}

/** The times of all files of a finished run. @param root what their paths are told from */
export const fileTimes = (state: Vitest["state"], root: string): FileTime[] =>
  state.getTestModules().map((module) => {
    const { collectDuration, setupDuration, duration } = module.diagnostic();
    return { file: relative(root, module.moduleId), seconds: (collectDuration + setupDuration + duration) / 1000 };
  });

/** "The ten slowest files, in seconds:" and a line each; nothing when there were no files. */
export function slowestFiles(times: readonly FileTime[], count = 10): string {
  if (times.length === 0) return "";
  const slowest = times.toSorted((a, b) => b.seconds - a.seconds).slice(0, count);
  const lines = slowest.map(({ file, seconds }) => `${seconds.toFixed(1).padStart(8)}  ${file}`);
  return ["The slowest files, in seconds:", ...lines].join("\n");
}
