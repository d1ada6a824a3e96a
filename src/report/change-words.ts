import { SECRET } from "../engine/events.ts";
import { PLACE_WORDS, type Place } from "./place.ts";
import type { PreviewRow } from "./preview.ts";
import type { PropertyChange } from "./property-changes.ts";
import { attributesOf, showValue, textOf } from "./values.ts";
import { elementRemark } from "./words.ts";

/** How a format writes what comes from the fleet, such as a name or a value, so that it does no harm there. */
export type Write = (text: string) => string;

/** What cannot be taken back. */
export const isDangerous = ({ op }: PreviewRow): boolean => op === "replace" || op === "delete";

/** "host `ghost-01`". */
export const placeWords = (place: Place, write: Write): string =>
  place.name === "" ? PLACE_WORDS[place.kind] : `${PLACE_WORDS[place.kind]} ${write(place.name)}`;

const SHOWN = 5;
/** ", because of `location`"; nothing where nothing is replaced. */
export const reasonWords = ({ because }: PreviewRow, write: Write): string =>
  because.length === 0
    ? ""
    : `, because of ${because.slice(0, SHOWN).map(write).join(", ")}${because.length > SHOWN ? " and more" : ""}`;

/** Whether a change is shown by its lines: a text of several, or a file that comes or goes. */
export function hasText({ before, after }: PropertyChange): boolean {
  const isWhole = typeof before === "object" || typeof after === "object";
  return [before, after]
    .map(textOf)
    .some((text) => text !== undefined && text !== SECRET && (isWhole || text.includes("\n")));
}

/** "file `/etc/x`: `mode`". */
function propertyName({ kind, name, part }: PropertyChange, write: Write): string {
  const thing = [kind, name && write(name)].filter(Boolean).join(" ");
  return part === "" ? thing : thing === "" ? write(part) : `${thing}: ${write(part)}`;
}

/** A change without lines: "file `/etc/x`: `mode`: `0600` → `0644`". */
export function propertyLine(change: PropertyChange, write: Write): string {
  const [before, after] = [showValue(change.before), showValue(change.after)];
  const name = propertyName(change, write);
  if (change.element && change.part === "" && (before === undefined) !== (after === undefined)) {
    const remark = elementRemark(before === undefined ? change.after : change.before);
    return `${name} ${before === undefined ? "is new" : "goes away"}${remark ? ` (${write(remark)})` : ""}`;
  }
  if (before === undefined && after === undefined) return `${name} changes`;
  if (before === undefined) return `${name}: ${write(after!)}`;
  if (after === undefined) return `${name}: ${write(before)} goes away`;
  return before === after ? `${name} changes: ${write(after)}` : `${name}: ${write(before)} → ${write(after)}`;
}

/** What stands above the lines of a text: "file `/etc/x` (new, `0644 root:root`)". */
export function textName(change: PropertyChange, write: Write): string {
  const attributes = attributesOf(change.after);
  const fate = textOf(change.before) === undefined ? "new" : textOf(change.after) === undefined ? "goes away" : "";
  const remarks = [fate, attributes && write(attributes)].filter(Boolean);
  return `${propertyName(change, write)}${remarks.length > 0 ? ` (${remarks.join(", ")})` : ""}`;
}

/** Both sides of a text, nothing for the one that is not there. */
export const sidesOf = (change: PropertyChange): { before: string; after: string } => ({
  before: textOf(change.before) ?? "",
  after: textOf(change.after) ?? "",
});
