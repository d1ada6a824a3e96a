import { keysOf } from "../../engine/differences.ts";
import { nameOf, typeOf } from "../../engine/events.ts";
import { hostsByUrn } from "../../engine/state.ts";
import type { Bundle } from "../../model/bundle.ts";
import { reportExitCode, type ReportedRow } from "../drift.ts";
import { showDrifted } from "../difference-words.ts";
import { reasonOf } from "../drift-text.ts";
import type { PageFacts } from "./facts.ts";

/**
 * What is known of one declared thing.
 * new: no `up` has made it yet · planned: it is not to be made · unseen: nobody looked
 */
export type Answer = "same" | "drifted" | "unknown" | "new" | "planned" | "unseen";

export interface Known {
  answer: Answer;
  /** Why it is unknown, or was not brought up. */
  reason?: string;
  row?: ReportedRow;
}

/**
 * Tells what is known of things by the names that they have in the stack. Keeps in mind what was asked for: the rest is
 * told of separately.
 */
export class Answers {
  private readonly facts: PageFacts;
  private readonly rows: ReadonlyMap<string, ReportedRow>;
  private readonly deployed: ReadonlySet<string> | undefined;
  private readonly asked = new Set<ReportedRow>();
  private readonly hosts: ReadonlyMap<string, string>;

  constructor(facts: PageFacts) {
    this.facts = facts;
    this.rows = new Map((facts.drift?.resources ?? []).map((row) => [keyOf(row.urn), row]));
    this.deployed = facts.state && new Set(facts.state.map(({ urn }) => keyOf(urn)));
    this.hosts = hostsByUrn(facts.state ?? []);
  }

  /** @param type the resource's type, such as fleet:host:Service @param name its name in the stack */
  of(type: string, name: string, active: boolean): Known {
    if (!active) return { answer: "planned" };
    const key = `${type}::${name}`;
    const row = this.rows.get(key);
    if (row) {
      this.asked.add(row);
      return knownOf(row);
    }
    if (this.facts.offline) return { answer: "unseen" };
    if (this.deployed && !this.deployed.has(key)) return { answer: "new" };
    return { answer: "unknown", reason: this.facts.drift ? "the look ended before it" : "nothing could be looked at" };
  }

  /** What else of a host was looked at: its server, its firewall, its keys. */
  othersOf(host: string): ReportedRow[] {
    const rows = [...this.rows.values()].filter(
      (row) => !this.asked.has(row) && (row.host ?? this.hosts.get(row.urn)) === host,
    );
    for (const row of rows) this.asked.add(row);
    return rows;
  }

  /** What nobody has asked for. */
  rest = (): ReportedRow[] => [...this.rows.values()].filter((row) => !this.asked.has(row));
}

/** What a look at a thing has found. */
export function knownOf(row: ReportedRow): Known {
  const reason = reasonOf(row);
  return { answer: row.status, row, ...(reason !== undefined && { reason }) };
}

const keyOf = (urn: string): string => `${typeOf(urn)}::${nameOf(urn)}`;

const WORST: readonly Answer[] = ["unknown", "drifted", "new", "same", "unseen", "planned"];
/** What a whole is, of which the parts are so. */
export const worstOf = (answers: readonly Answer[]): Answer =>
  WORST.find((answer) => answers.includes(answer)) ?? "same";

export const countOf = (answers: readonly Answer[]): Record<Answer, number> => {
  const count: Record<Answer, number> = { same: 0, drifted: 0, unknown: 0, new: 0, planned: 0, unseen: 0 };
  for (const answer of answers) count[answer] += 1;
  return count;
};

export interface Health {
  tone: "well" | "ill" | "open";
  words: string;
}

/** Whether a service does its work, as far as a look at its units and ports tells. */
export function healthOf({ answer, row }: Known, bundle: Bundle | undefined): Health {
  const words = { planned: "planned", new: "not there yet", unknown: "unknown", unseen: "not looked at" } as const;
  if (answer !== "same" && answer !== "drifted") return { tone: "open", words: words[answer] };
  const ills = [...(row?.changes ?? []), ...(row?.ignored ?? [])].flatMap(({ path, found }) =>
    illness(keysOf(path), found),
  );
  if (ills.length > 0) return { tone: "ill", words: ills.join("; ") };
  // What was there before may run: whether it does is not what was declared.
  if (row?.unreached !== undefined) return { tone: "open", words: "not brought up" };
  const running = Object.values(bundle?.units ?? {}).filter((unit) => unit.active).length;
  return {
    tone: "well",
    words: running === 0 ? "in place" : running === 1 ? "its unit runs" : `its ${running} units run`,
  };
}

function illness([section, name, part, ...rest]: readonly string[], found: unknown): string[] {
  if (section === "checks") return [typeof found === "string" ? found : "a health check has a problem"];
  if (section !== "units" || name === undefined || rest.length > 0) return [];
  if (part === undefined) return [`${name} is ${found === "absent" ? "not there" : "not as declared"}`];
  if (part !== "active") return [];
  if (found === "failed") return [`${name} failed`];
  if (typeof found === "boolean") return [`${name} ${found ? "runs and should not" : "is not active"}`];
  return [`${name} is ${showDrifted(found)}`];
}

/**
 * As of drift: 0 as declared or not looked at · 2 drifted · 3 something is unknown · 1 the look failed as a whole, or
 * something else did.
 */
export function pageExitCode(facts: PageFacts, answers: readonly Answer[]): 0 | 1 | 2 | 3 {
  const failed = facts.problems.length > 0 ? 1 : 0;
  if (facts.drift === undefined) return failed;
  if (answers.includes("unknown")) return 3;
  return reportExitCode(facts.drift) || failed;
}
