import { createHash } from "node:crypto";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { z } from "zod";
import { typeOf } from "../engine/events.ts";
import { placeKey, type Place } from "./place.ts";
import type { PropertyChange } from "./property-changes.ts";

/**
 * What a preview showed, as much of it as tells whether another one shows the same: no value stands in it. Equal plans
 * have equal digests, from whichever computer.
 */
export interface Review {
  /** 16 hexadecimal digits. */
  digest: string;
  /** "host zurich" → "update" → a hash for each change; where they found no room, how many there are. */
  places: Record<string, Record<string, string[] | number>>;
}

/** A row of a preview, as far as it is compared. */
export interface Reviewable {
  urn: string;
  op: string;
  place: Place;
  changes: readonly PropertyChange[];
  because: readonly string[];
}

/** Values that change by themselves between two looks: the newest image of a system, read when a machine is made. */
const VOLATILE: Record<string, readonly string[]> = { "aws:ec2/instance:Instance": ["ami"] };

/** @param rows of a preview that had no problem: of any other nobody knows whether it showed all */
export function reviewOf(rows: readonly Reviewable[]): Review {
  const places: Record<string, Record<string, string[]>> = {};
  for (const row of rows) ((places[placeKey(row.place)] ??= {})[row.op] ??= []).push(hashOf(row));
  for (const ops of Object.values(places)) for (const hashes of Object.values(ops)) hashes.sort();
  const all = rows.map(hashOf).sort().join("\n");
  return { digest: createHash("sha256").update(all).digest("hex").slice(0, 16), places };
}

/** A change by all that a reviewer sees of it. */
export function hashOf({ urn, op, changes, because }: Reviewable): string {
  const volatile = VOLATILE[typeOf(urn)] ?? [];
  const shown = changes
    .filter(({ path }) => !volatile.includes(path))
    .map(({ path, before, after }) => [path, before, after]);
  return createHash("sha256")
    .update(canonical([urn, op, shown, because]))
    .digest("base64url")
    .slice(0, 8);
}

/** The same text for the same values, whatever the order of keys. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );

/** The longest note that a comment has room for. */
const LONGEST = 8_000;

const note = (review: Review): string =>
  `<!-- fleet plan ${deflateRawSync(JSON.stringify(review)).toString("base64url")} -->`;

/** A review as a line of a comment that nobody sees. */
export function reviewNote(review: Review): string {
  const whole = note(review);
  if (whole.length <= LONGEST) return whole;
  const counted = Object.entries(review.places).map(([place, ops]) => [
    place,
    Object.fromEntries(Object.entries(ops).map(([op, hashes]) => [op, countOf(hashes)])),
  ]);
  return note({ ...review, places: Object.fromEntries(counted) as Review["places"] });
}

export const countOf = (hashes: string[] | number): number => (typeof hashes === "number" ? hashes : hashes.length);

const reviewSchema = z.object({
  digest: z.string().regex(/^[0-9a-f]{16}$/),
  places: z.record(z.string(), z.record(z.string(), z.union([z.array(z.string()), z.int().min(0)]))),
});

/** As much as a note may become when it is unpacked. */
const MOST_BYTES = 10_000_000;

/**
 * Reads a review out of what `fleet preview` printed with --format json or markdown.
 * @throws Error saying what the text should have been
 */
export function parseReview(text: string, stack: string): Review {
  const printed = reviewed(text, stack);
  const review = reviewSchema.safeParse(printed);
  if (!review.success)
    throw new Error(
      `it holds no plan of ${stack}: give what \`fleet preview ${stack}\` printed with --format json or markdown, ` +
        "when nothing was wrong",
    );
  return review.data;
}

function reviewed(text: string, stack: string): unknown {
  try {
    const packed = /^<!-- fleet plan ([\w-]+) -->\r?$/m.exec(text)?.[1];
    if (packed !== undefined)
      return JSON.parse(inflateRawSync(Buffer.from(packed, "base64url"), { maxOutputLength: MOST_BYTES }).toString());
    const printed = JSON.parse(text) as { stack?: unknown; review?: unknown };
    return printed.stack === stack ? printed.review : undefined;
  } catch {
    return undefined;
  }
}
