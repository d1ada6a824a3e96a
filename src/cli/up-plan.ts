import { readFile } from "node:fs/promises";
import type { CloudLook } from "../deploy/cloud-view.ts";
import { failedByKeepingAlone } from "../deploy/kept.ts";
import { previewRun } from "../deploy/preview-run.ts";
import { failure } from "../deploy/run-stack.ts";
import type { OpenStack } from "../deploy/stack.ts";
import { observable } from "../engine/drift.ts";
import type { EngineEvent } from "../engine/events.ts";
import { readState } from "../engine/read-state.ts";
import { oneLine } from "../markup/visible.ts";
import { brakeWords, LEAST_LOST } from "../report/brake.ts";
import { placeWords } from "../report/change-words.ts";
import { describeFleet } from "../report/fleet-description.ts";
import { previewOf, type Preview, type PreviewRow } from "../report/preview.ts";
import { parseReview, type Review } from "../report/review.ts";
import { sinceReview } from "../report/since-review.ts";
import { isActive } from "../model/status.ts";
import { CliError, confirmNumber, say, sayStyle } from "../terminal/output.ts";

/** What an `up` is going to do, before it does anything. */
export interface UpPlan {
  preview: Preview;
  events: readonly EngineEvent[];
}

/**
 * The plan of all but the hosts that cannot be made, which fail alone.
 * @throws CliError when it can't be planned; what is protected and no longer declared stands in the way of nothing
 */
export async function planUp(stack: OpenStack, look: CloudLook, refresh: boolean): Promise<UpPlan> {
  const { hosts } = stack.fleet;
  const able = hosts.filter((host) => isActive(host) && !(host.name in look.failures)).map(({ name }) => name);
  const run = await previewRun(stack, look, refresh, able);
  if (run.exitCode !== 0 && !failedByKeepingAlone(run)) throw failure(stack, run);
  const declared = describeFleet(stack.fleet, stack.files);
  return { events: run.events, preview: previewOf(stack.name, run.events, { policies: [], problems: [], declared }) };
}

/** Whether a stack holds so much that a run could delete too much of it. */
export async function canLoseMany({ target }: OpenStack, { state }: CloudLook): Promise<boolean> {
  const known = state.length > 0 ? state : await readState(target);
  return known.filter((resource) => observable(resource.urn, resource)).length >= LEAST_LOST;
}

/**
 * Reads the file of --reviewed; nothing where it holds no plan and that is accepted. @throws CliError naming it
 */
export async function readReviewed(path: string, stack: string, accepts: boolean): Promise<Review | undefined> {
  try {
    return parseReview(await readFile(path, "utf8"), stack);
  } catch (error) {
    const words = `--reviewed ${path}: ${(error as Error).message}`;
    if (!accepts) throw new CliError(words);
    say(`${sayStyle("yellow", "note")} ${words}`);
    return undefined;
  }
}

const SHOWN = 20;

/**
 * Holds a plan against the one that was reviewed. What is done already, or not needed any more, is said.
 * @throws CliError naming what nobody has reviewed, unless that is accepted
 */
export function holdToReview({ preview }: UpPlan, reviewed: Review, accepts: boolean): void {
  const since = sinceReview(reviewed, preview.resources);
  if (!since) return;
  const words = `since the review: ${since.words.map((word) => oneLine(word)).join("; ")}`;
  if (since.isCovered || accepts) return say(`${sayStyle("yellow", "note")} ${words}`);
  const { unreviewed } = since;
  const more = unreviewed.length > SHOWN ? [`  … ${unreviewed.length - SHOWN} more`] : [];
  const rows = [...unreviewed.slice(0, SHOWN).map((row) => `  ${rowWords(row)}`), ...more];
  throw new CliError(
    [`${words}. Nothing was changed. Have it reviewed again, or add --accept-changes`, ...rows].join("\n"),
  );
}

const rowWords = ({ op, what, name, place }: PreviewRow): string =>
  `${op} ${what} ${oneLine(name)} of ${placeWords(place, oneLine)}`;

/**
 * Has the number of deletions and replacements said once more where they are too many.
 * @returns false when a person does not want them
 * @throws CliError where nobody can be asked and the number was not given
 */
export async function passBrake(
  { preview: { brake } }: UpPlan,
  { asks, allowed }: { asks: boolean; allowed: number | undefined },
): Promise<boolean> {
  if (!brake || brake.lost <= (allowed ?? 0)) return true;
  const words = brakeWords(brake, oneLine);
  if (asks) return confirmNumber(`${sayStyle("red", words)}.`, brake.lost);
  throw new CliError(
    `${words}${allowed === undefined ? "" : `, and --allow-deletes allows ${allowed}`}. Nothing was changed. ` +
      `\`fleet preview\` shows them; --allow-deletes ${brake.lost} goes on`,
  );
}
