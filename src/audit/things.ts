import type { Money } from "../model/cost.ts";
import { idKey, type DeclaredAtProviders } from "./declared.ts";
import type { Finding, FindingKind, Lines, Looked, PulumiId, Unknown } from "./types.ts";

/** Something that exists at a provider, whoever made it. */
export interface Thing {
  kind: FindingKind;
  name: string;
  detail: string;
  monthlyCost?: Money;
  /** As a stack's state has it; `importId` where the engine imports it by another. */
  pulumi: PulumiId & { importId?: string };
  /** "kind/name", as the program would call it; more than one where it may. */
  keys?: readonly string[];
  /** Declared for another reason, such as an address that is a host's. */
  declared?: boolean;
  /** What it comes and goes with: it is declared when that is. */
  partOf?: PulumiId;
  lines?: Lines;
}

/** What of it nobody declared. */
export function undeclared(place: string, things: readonly Thing[], { ids, keys }: DeclaredAtProviders): Finding[] {
  const isDeclared = (thing: Thing): boolean =>
    thing.declared === true || ids.has(idKey(thing.pulumi)) || (thing.keys ?? []).some((key) => keys.has(key));
  const declared = new Set([...ids, ...things.filter(isDeclared).map(({ pulumi }) => idKey(pulumi))]);
  return things
    .filter((thing) => !isDeclared(thing) && !(thing.partOf && declared.has(idKey(thing.partOf))))
    .map(({ kind, name, detail, monthlyCost, pulumi, lines }): Finding => ({
      place,
      host: null,
      kind,
      name,
      detail,
      ...(monthlyCost && { monthlyCost }),
      pulumi: { type: pulumi.type, id: pulumi.importId ?? pulumi.id },
      ...(lines && { lines }),
    }));
}

/** A list that a provider is asked for. */
export interface Question {
  /** "volumes", for when it gets no answer. */
  about: string;
  ask: () => Promise<Thing[]>;
}

/**
 * Asks everything at once. What gets no answer is unknown and holds up nothing else; when nothing does, that is told
 * once.
 */
export async function askAll(
  place: string,
  questions: readonly Question[],
  declared: DeclaredAtProviders,
): Promise<Looked> {
  const answers = await Promise.allSettled(questions.map(({ ask }) => ask()));
  const failed = answers.flatMap((answer, i) =>
    answer.status === "rejected" ? [{ about: questions[i]!.about, reason: (answer.reason as Error).message }] : [],
  );
  const things = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
  const unknown =
    failed.length === questions.length
      ? failed.slice(0, 1).map(({ reason }) => reason)
      : failed.map(({ about, reason }) => `${about}: ${reason}`);
  return {
    findings: undeclared(place, things, declared),
    unknown: unknown.map((reason): Unknown => ({ place, host: null, reason })),
  };
}
