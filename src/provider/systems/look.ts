import type { Of, Reading } from "../aspects/aspect.ts";
import { askedPath } from "../aspects/files/kept.ts";
import { PATHS } from "../aspects/files/question.ts";
import { Texts } from "../aspects/files/texts.ts";
import { secretsIn } from "../aspects/secrets.ts";
import type { Shape } from "../aspects/shape.ts";
import type { Before } from "../remote/journal.ts";
import { JOURNAL } from "../remote/journal.ts";
import { busyReason, folderLine, LOOK_LOCK, LOOK_UNLOCK } from "../remote/lock.ts";
import { Told, want, type Said, type Wanted } from "../remote/question.ts";
import { sectionsOf } from "../remote/sh.ts";
import { settledPart } from "./names.ts";
import { systemOf } from "./systems.ts";

/** What to look for on a host for one service. */
export interface Expectation extends Of {
  shape: Shape;
}

/** What a look has shown of one service. */
export interface Seen {
  found: Shape;
  /** Why it can't be told what is there: nothing that was found counts then. */
  unknown: string[];
  /** What could not be told now, and may be after a change. */
  untold: string[];
  lacks: string[];
  before: Before[] | undefined;
}

/**
 * One POSIX sh script that observes all the services at once. The number of processes it starts does not grow with
 * them; only each text that differs from what is expected costs one more. Secret files and artifacts come back as
 * hashes alone. Read with readLook().
 *
 * @param run the name of this run, with which the tokens of its applies begin
 * @param folder where the journal is, instead of its usual place
 */
export function lookScript(expectations: readonly Expectation[], run: string, folder?: string): string {
  return [
    "LC_ALL=C; export LC_ALL",
    folderLine(folder),
    LOOK_LOCK,
    settledPart(run),
    "also=",
    ...wantedOf(expectations).flatMap(({ question, items }) =>
      items.length > 0 ? question.ask(items as never[]) : [],
    ),
    LOOK_UNLOCK,
    "echo '#fleet:end'; exit 0",
  ].join("\n");
}

/** Somebody else is changing the host: nothing was seen, and nothing was touched. */
export class BusyError extends Error {}

/**
 * @returns what was seen of each, in order
 * @throws Error when the answer has no end; BusyError
 */
export function readLook(output: string, expectations: readonly Expectation[]): Seen[] {
  const sections = sectionsOf(output);
  if (sections.at(-1)?.name !== "end") throw new Error("the host's answer was cut short");
  const said: Said = Map.groupBy(sections, ({ name }) => name);
  const busy = busyReason(said);
  if (busy !== undefined) throw new BusyError(busy);
  const told = new Told(
    new Map(wantedOf(expectations).map(({ question, items }) => [question, question.read(said, items as never[])])),
  );
  return expectations.map((expectation) => seen(expectation, told));
}

/**
 * Each question once, with all that anybody wants to know. Units come before paths, because systemd says which files it
 * reads.
 */
function wantedOf(expectations: readonly Expectation[]): Wanted[] {
  const nothing: Wanted = { question: PATHS, items: [] };
  const wanted = expectations.flatMap(({ shape, ...of }) => [
    nothing,
    ...want(JOURNAL, [of.service]),
    ...systemOf(of.os).aspects.flatMap((aspect) => aspect.look?.(shape, of) ?? []),
    { question: PATHS, items: systemOf(of.os).files(shape, of).map(askedPath) },
  ]);
  const questions = [...Map.groupBy(wanted, ({ question }) => question)];
  return questions
    .map(([question, some]) => ({ question, items: some.flatMap(({ items }) => items) }))
    .sort((a, b) => Number(isPaths(a.question)) - Number(isPaths(b.question)));
}

const isPaths = (question: unknown): boolean => question === PATHS;

function seen({ shape, ...of }: Expectation, told: Told): Seen {
  const journal = told.to(JOURNAL)(of.service);
  const { unfinished, before } = journal.is === "found" ? journal.value : { unfinished: [], before: undefined };
  const texts = new Texts(told.to(PATHS), secretsIn(shape));
  let found: Shape = { ...shape };
  const readings: Reading[] = [];
  for (const aspect of systemOf(of.os).aspects) {
    const reading = aspect.read?.(shape, told, { ...of, texts, found }) ?? { found: {} };
    readings.push(reading);
    found = { ...found, ...reading.found };
  }
  return {
    found: { ...found, ...(unfinished.length > 0 && { unfinished }) },
    unknown: [...(journal.is === "unknown" ? [journal.why] : []), ...readings.flatMap(({ unknown }) => unknown ?? [])],
    untold: readings.flatMap(({ untold }) => untold ?? []),
    lacks: readings.flatMap(({ lacks }) => lacks ?? []),
    before,
  };
}
