import { Secret } from "../../../plugin/types.ts";
import { cronLine, plainCronCommand } from "../../../render/cron.ts";
import { plainOf, type Content, type CronShape } from "../shape.ts";

export const cronPath = (name: string): string => `/etc/cron.d/${name}`;

const HEADER = "# Managed by fleet: changes made here are put back.\n";

export function cronText(entry: CronShape | string): Content {
  if (typeof entry === "string") return entry;
  const text = `${HEADER}${cronLine({ ...entry, command: plainOf(entry.command) })}\n`;
  return entry.command instanceof Secret ? new Secret(text) : text;
}

/** Reads back a file with one entry and otherwise only comments. @returns the text itself when it is anything else. */
export function parseCron(text: string): CronShape | string {
  const lines = text.split("\n").filter((line) => line.trim() !== "" && !line.trimStart().startsWith("#"));
  const match = /^\s*((?:\S+\s+){4}\S+)\s+([a-z_][a-z0-9_-]*)\s+(.+?)\s*$/.exec(lines[0] ?? "");
  const command = plainCronCommand(match?.[3] ?? "");
  // cron ignores a last line without a line feed
  if (lines.length !== 1 || !match || command === undefined || !text.endsWith("\n") || /^\s*\w+\s*=/.test(lines[0]!))
    return text;
  return { schedule: match[1]!.split(/\s+/).join(" "), user: match[2]!, command };
}
