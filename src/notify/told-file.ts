import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import type { Told } from "./findings.ts";
import type { Target } from "./targets.ts";

const finding = z.object({
  kind: z.enum(["drifted", "unreached", "unknown", "expired-rule", "failed", "failed-over"]),
  host: z.string().nullable(),
  name: z.string(),
  path: z.string().optional(),
  urn: z.string().optional(),
  reason: z.string().optional(),
  mark: z.string(),
});
const schema = z.object({
  version: z.literal(1),
  stack: z.string(),
  told: z.partialRecord(z.enum(["webhook", "ntfy"]), z.record(z.string(), finding)),
});

/** What each target was told of a stack. It holds no address of any. */
export type ToldFile = Partial<Record<Target["kind"], Told>>;

/**
 * @returns nothing told, where there is no file yet
 * @throws Error when it is no such file, or another stack's
 */
export async function readTold(path: string, stack: string): Promise<ToldFile> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return {};
  const parsed = schema.safeParse(jsonIn(text));
  if (!parsed.success)
    throw new Error(`${path} is not what \`fleet drift --notify\` writes: remove it, and everything is told once more`);
  if (parsed.data.stack !== stack) throw new Error(`${path} is about the stack ${JSON.stringify(parsed.data.stack)}`);
  return parsed.data.told;
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whole or not at all, whenever this is ended. */
export async function writeTold(path: string, stack: string, told: ToldFile): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const part = `${path}.${process.pid}`;
  await writeFile(part, `${JSON.stringify({ version: 1, stack, told } satisfies z.input<typeof schema>)}\n`);
  await rename(part, path);
}
