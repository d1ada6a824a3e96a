import { ABSENT, differences, type Difference } from "../engine/differences.ts";
import { nameOf, typeOf, type EngineEvent } from "../engine/events.ts";
import { out, outStyle } from "./output.ts";
import { textLines } from "../report/text-lines.ts";

/** The engine's word for a text that a preview does not know yet (sdk/go/common/resource/plugin). */
const LATER = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

type Print = (line: string) => void;
const WORDS: Record<string, string> = { create: "create", update: "update", replace: "replace", delete: "delete", import: "adopt" };

/** Prints what a preview would change, each property with its lines; what is secret arrives here already hidden. */
export function showChanges(events: readonly EngineEvent[], print: Print = out): void {
  for (const event of events) {
    const step = event.resourcePreEvent?.metadata;
    if (!step || !(step.op in WORDS) || !(step.new ?? step.old)?.custom || typeOf(step.urn).startsWith("pulumi:")) continue;
    print(`${outStyle("bold", WORDS[step.op]!.padEnd(8))} ${nameOf(step.urn)}`);
    // What an adoption finds is told by the update that follows it.
    if (step.op !== "update" && step.op !== "replace") continue;
    for (const difference of differences(step.old?.inputs ?? {}, step.new?.inputs ?? {})) showDifference(difference, "found", "declared", print);
  }
}

/** One property: two values on a line, or the changed lines of a text. `was` and `willBe` name the sides. */
export function showDifference({ path, declared, found }: Difference, was: string, willBe: string, print: Print = out): void {
  if (/(^|\.)__/.test(path) || path.startsWith("connection")) return;
  if (declared === LATER) return print(`  ${path}: known when what it depends on is made`);
  const isText = typeof declared === "string" && typeof found === "string" && (declared.includes("\n") || found.includes("\n"));
  if (isText && declared !== ABSENT && found !== ABSENT) {
    print(`  ${path}`);
    for (const line of textLines(declared, found)) print(`    ${paintLine(line)}`);
    return;
  }
  print(`  ${path}: ${was} ${show(declared)}, ${willBe} ${show(found)}`);
}

const paintLine = (line: string): string => outStyle(line.startsWith("+") ? "green" : line.startsWith("-") ? "red" : "dim", line);

/** Long values are named rather than shown: what matters of them is that they are there. */
const show = (value: unknown): string => {
  if (isCronEntry(value)) return `${value.schedule} ${value.user} ${value.command}`;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 200 || text.includes("\n") ? "present" : text;
};

const isCronEntry = (value: unknown): value is { schedule: string; user: string; command: string } => typeof value === "object" && value !== null && "schedule" in value && "command" in value;
