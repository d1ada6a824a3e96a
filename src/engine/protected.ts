import { nameOf, type EngineEvent } from "./events.ts";

/** What the engine says of a protected resource that the program does not declare any more. */
const REFUSED = /cannot be deleted\s+because it is protected/;

/**
 * The engine's refusal to delete a protected thing, in one line that says what to do instead; any other event as it is.
 * @param release the command that stops managing a thing of a name, and keeps it
 */
export function protectedInWords(event: EngineEvent, release: (name: string) => string): EngineEvent {
  const told = event.diagnosticEvent;
  if (told?.severity !== "error" || !told.urn || !REFUSED.test(told.message)) return event;
  const message =
    `it is protected, and the files do not declare it any more: \`${release(nameOf(told.urn))}\` ` +
    "stops managing it and keeps it";
  return { ...event, diagnosticEvent: { ...told, message, isKept: true } };
}

/** URNs of what a run was to delete and kept, because it is protected. */
export const keptIn = (events: readonly EngineEvent[]): Set<string> =>
  new Set(events.flatMap(({ diagnosticEvent: told }) => (told?.isKept && told.urn ? [told.urn] : [])));
