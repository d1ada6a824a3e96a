import type { LastUp } from "../engine/drift.ts";
import { readTag, writeTag } from "../engine/stack-tag.ts";
import type { EngineTarget } from "../engine/run.ts";
import type { Unreached } from "../engine/unreached.ts";

/**
 * What is kept beside the state of a stack while an `up` is under way, and after one that did not reach everything;
 * nothing after one that did.
 */
export interface UpRecord extends Pick<LastUp, "begun" | "ended"> {
  /** A digest of the files that it was brought up from. */
  files: string;
  /** Left out when it has not ended, or when there was no room for it. */
  unreached?: readonly Unreached[];
}

const TAG = "fleet:up";

/** Linux lets an argument of a process have 128 KiB. */
const LONGEST = 100_000;

/** @returns undefined where all is reached, or nothing was brought up by a version that keeps a record */
export async function readUpRecord(target: EngineTarget): Promise<UpRecord | undefined> {
  const text = await readTag(target, TAG);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as UpRecord;
  } catch {
    throw new Error(`the stack's tag ${TAG} is not what \`fleet up\` writes: the next \`fleet up\` writes it anew`);
  }
}

/** Keeps in mind that an `up` has begun: whatever ends it, what it did not reach is looked for from now on. */
export async function beginUp(target: EngineTarget, files: string, now = new Date()): Promise<UpRecord> {
  const record = { begun: now.toISOString(), files };
  await write(target, record);
  return record;
}

/**
 * Keeps in mind what an `up` did not reach. Where another one has begun meanwhile, its word counts.
 * @param begun what `beginUp` returned
 */
export async function endUp(
  target: EngineTarget,
  begun: UpRecord,
  unreached: readonly Unreached[],
  now = new Date(),
): Promise<void> {
  const last = await readUpRecord(target);
  if (last?.begun === begun.begun && last.files === begun.files)
    await write(target, unreached.length > 0 ? { ...begun, ended: now.toISOString(), unreached } : undefined);
}

/** Forgets of what the last `up` did not reach what something else has brought to it since. */
export async function settle(target: EngineTarget, reached: ReadonlySet<string>): Promise<void> {
  const record = await readUpRecord(target);
  const rest = record?.unreached?.filter(({ urn }) => !reached.has(urn));
  if (record && rest && rest.length < record.unreached!.length)
    await write(target, rest.length > 0 ? { ...record, unreached: rest } : undefined);
}

/** Forgets it all: what was declared is declared no more. */
export async function forgetUp(target: EngineTarget): Promise<void> {
  if ((await readUpRecord(target)) !== undefined) await write(target, undefined);
}

/** A list that finds no room is left out: a look has to plan then, and tells the same without the reasons. */
async function write(target: EngineTarget, record: UpRecord | undefined): Promise<void> {
  if (!record?.unreached) return writeTag(target, TAG, record && JSON.stringify(record));
  const text = JSON.stringify(record);
  const { unreached: _, ...short } = record;
  const shorten = () => writeTag(target, TAG, JSON.stringify(short));
  await (text.length > LONGEST ? shorten() : writeTag(target, TAG, text).catch(shorten));
}
