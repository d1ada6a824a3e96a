import type { CloudflareClient } from "../client.ts";
import { leadWords, type Lead, type Move } from "./plan.ts";
import { recordsOf } from "./sight.ts";

/** What became of moves that did not all succeed. */
export interface Failure {
  why: string;
  /** Names that do not lead where they led before: moved after all, or nobody can tell. */
  elsewhere: { name: string; is: "moved" | "unknown"; to: string }[];
}

/**
 * Moves names, zone by zone, each zone as a whole. Where one fails, those before it are moved back. What Cloudflare did
 * not answer to is looked at again, since it may have been done.
 * @param connect a client that has asked nothing yet
 * @param signal when it is aborted, no further zone is begun
 */
export async function move(
  connect: () => CloudflareClient,
  moves: readonly Move[],
  signal?: AbortSignal,
): Promise<Failure | undefined> {
  const zones = [...Map.groupBy(moves, ({ zone }) => zone).values()];
  for (const [i, zone] of zones.entries()) {
    const why = signal?.aborted ? "it was interrupted" : await put(connect, zone, "after");
    if (why !== undefined)
      return { why, elsewhere: await undo(connect, zones.slice(0, i + (signal?.aborted ? 0 : 1))) };
  }
  return undefined;
}

/** @returns why a zone's names do not lead there; undefined when they do */
async function put(connect: () => CloudflareClient, moves: readonly Move[], side: Side): Promise<string | undefined> {
  try {
    const patches = moves.map((each) => ({ id: each.id, content: each[side].content, comment: each[side].comment }));
    await connect().patchRecords(moves[0]!.zone, patches);
    return undefined;
  } catch (error) {
    const found = await where(connect, moves);
    return moves.every((each) => leads(found, each, side)) ? undefined : (error as Error).message;
  }
}

async function undo(connect: () => CloudflareClient, zones: readonly Move[][]): Promise<Failure["elsewhere"]> {
  const left = zones.map(async (zone): Promise<Failure["elsewhere"]> => {
    const found = await where(connect, zone);
    if (zone.every((each) => leads(found, each, "before"))) return [];
    if ((await put(connect, zone, "before")) === undefined) return [];
    const now = await where(connect, zone);
    return zone
      .filter((each) => !leads(now, each, "before"))
      .map((each) => ({
        name: each.name,
        is: leads(now, each, "after") ? "moved" : "unknown",
        to: leadWords(each.after),
      }));
  });
  return (await Promise.all(left)).flat();
}

type Side = "before" | "after";
type Found = ReadonlyMap<string, { content?: string; comment?: string | null }> | undefined;

/** Undefined when Cloudflare does not say. */
const where = (connect: () => CloudflareClient, moves: readonly Move[]): Promise<Found> =>
  recordsOf(
    connect(),
    moves.map(({ name }) => name),
  ).catch(() => undefined);

function leads(found: Found, { name, ...sides }: Move, side: Side): boolean {
  const [record, wanted]: [ReturnType<NonNullable<Found>["get"]>, Lead] = [found?.get(name), sides[side]];
  return record !== undefined && record.content === wanted.content && (record.comment ?? "") === wanted.comment;
}
