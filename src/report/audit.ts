import { findingKinds, type Finding, type Looked, type Unknown } from "../audit/types.ts";
import { sumOf, type Sum } from "../model/cost.ts";

/** A provider, a region or a host, and what looking at it gave. */
export interface AuditedPlace {
  place: string;
  host: string | null;
  status: "clean" | "found" | "unknown";
}

/** What `fleet audit --format json` prints. Its schema: docs/audit.schema.json. */
export interface AuditReport {
  version: 1;
  stack: string;
  summary: { found: number; unknown: number; monthlyCost: Sum };
  places: AuditedPlace[];
  findings: Finding[];
  unknown: Unknown[];
}

/** @param looked by the place, in the order in which they are told */
export function auditReport(
  stack: string,
  looked: readonly ({ place: string; host: string | null } & Looked)[],
): AuditReport {
  const findings = looked.flatMap((each) => each.findings.toSorted(byKind));
  const unknown = looked.flatMap((each) => each.unknown);
  return {
    version: 1,
    stack,
    summary: {
      found: findings.length,
      unknown: unknown.length,
      monthlyCost: sumOf(findings.map(({ monthlyCost }) => monthlyCost)),
    },
    places: looked.map(({ place, host, findings: found, unknown: unseen }) => ({
      place,
      host,
      status: unseen.length > 0 ? "unknown" : found.length > 0 ? "found" : "clean",
    })),
    findings,
    unknown,
  };
}

const byKind = (a: Finding, b: Finding): number =>
  findingKinds.indexOf(a.kind) - findingKinds.indexOf(b.kind) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

/** 0: nothing that nobody declared · 2: something · 3: something could not be looked at, whatever else was found. */
export const auditExitCode = ({ summary }: AuditReport): 0 | 2 | 3 =>
  summary.unknown > 0 ? 3 : summary.found > 0 ? 2 : 0;
