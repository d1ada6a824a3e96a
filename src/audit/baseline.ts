import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Os } from "../model/platform.ts";

/** What may be known, by the kind of finding. */
const parts = ["ports", "units", "cron", "users", "packages"] as const;
type Part = (typeof parts)[number];

/** Pattern → why it is there. In a pattern * stands for anything. */
const patterns = z.record(z.string(), z.string().min(1)).default({});
const baselineSchema = z.strictObject({
  /** The baseline that it adds to. */
  extends: z.string().optional(),
  /** "127.*:53/udp systemd-resolved.service": address, port, protocol, unit. */
  ports: patterns,
  units: patterns,
  /** "/etc/cron.d/e2scrub_all: *": the file, then the command. */
  cron: patterns,
  users: patterns,
  /** Packages whose programs may hold a port open: what the system brings, and interpreters that others use. */
  packages: patterns,
});

/** What is on a machine of a system before anybody has done anything there. */
export interface Baseline {
  has(part: Part, name: string): boolean;
}

const FOLDER = join(import.meta.dirname, "baseline");

/**
 * The baselines of a host together: that of the system that its file names, and those of what it says that it is and
 * comes from, which the file may only come near. They are data: src/audit/baseline/<system>.json.
 */
export function baselineFor(os: Os | undefined, systems: readonly string[]): Baseline {
  const names = new Set([...(os === undefined ? [] : [os]), ...systems]);
  const known = parts.map((part) => [part, [...names].flatMap((name) => patternsOf(name, part)).map(matcher)] as const);
  const byPart = new Map(known);
  return { has: (part, name) => byPart.get(part)!.some((matches) => matches.test(name)) };
}

function patternsOf(name: string, part: Part): string[] {
  const baseline = read(name);
  if (!baseline) return [];
  return [
    ...(baseline.extends === undefined ? [] : patternsOf(baseline.extends, part)),
    ...Object.keys(baseline[part]),
  ];
}

/** A system that there is no baseline for has nothing that goes without saying. */
function read(name: string): z.output<typeof baselineSchema> | undefined {
  if (!/^[a-z0-9-]+$/.test(name)) return undefined;
  try {
    return baselineSchema.parse(JSON.parse(readFileSync(join(FOLDER, `${name}.json`), "utf8")));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

const matcher = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .split("*")
      .map((part) => part.replace(/[\\^$.|?*+()[\]{}]/g, "\\$&"))
      .join("[^]*")}$`,
  );
