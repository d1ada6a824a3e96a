import { join } from "node:path";
import { run } from "../setup/run.ts";
import { median, seconds, type Goal } from "./report-parts.ts";

/** What formatting a large preview takes. */
export interface FormatResults {
  resources: number;
  seconds: number[];
  /** The peak of the whole process, by the greediest run. */
  bytes: number;
}

const CHANGED = 5000;

/** Formats a preview of 5,000 changed resources `runs` times, each in a process of its own. */
export async function measureFormat(runs: number): Promise<FormatResults> {
  const measured: { seconds: number; bytes: number }[] = [];
  for (let i = 0; i < runs; i += 1)
    measured.push(
      JSON.parse(await run(process.execPath, [join(import.meta.dirname, "format.ts"), String(CHANGED)])) as {
        seconds: number;
        bytes: number;
      },
    );
  return {
    resources: CHANGED,
    seconds: measured.map((one) => one.seconds),
    bytes: Math.max(...measured.map((one) => one.bytes)),
  };
}

export function formatGoals({ resources, seconds: times, bytes }: FormatResults): Goal[] {
  const what = `formatting a preview of ${resources.toLocaleString("en")} changed resources`;
  const megabytes = bytes / 2 ** 20;
  return [
    { what, goal: `under ${seconds(1)}`, found: seconds(median(times)), met: median(times) < 1 },
    { what: "peak memory of it", goal: "under 200 MB", found: `${megabytes.toFixed(0)} MB`, met: megabytes < 200 },
  ];
}
