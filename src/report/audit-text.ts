import type { Finding, Unknown } from "../audit/types.ts";
import { showSum, sumOf } from "../model/cost.ts";
import type { AuditReport } from "./audit.ts";
import { plain, type Paint } from "./paint.ts";
import { count, oneLine } from "../markup/visible.ts";

/** What nobody declared, a line each, for a terminal. */
export function auditText(report: AuditReport, paint: Paint = plain): string {
  return [
    ...report.findings.map((finding) => findingLine(finding, paint)),
    ...report.unknown.map((unknown) => unknownLine(unknown, paint)),
    paint("bold", summaryOf(report)),
  ].join("\n");
}

const findingLine = ({ place, kind, name, detail, monthlyCost }: Finding, paint: Paint): string => {
  const more = [detail && oneLine(detail, 400), monthlyCost && showSum(sumOf([monthlyCost]))]
    .filter(Boolean)
    .join(", ");
  const what = paint("bold", oneLine(`${place} ${kind} ${name}`));
  return `${paint("yellow", "found   ")} ${what}${more ? `: ${more}` : ""}`;
};

const unknownLine = ({ place, reason }: Unknown, paint: Paint): string =>
  `${paint("magenta", "unknown ")} ${paint("bold", oneLine(place))}: ${oneLine(reason, 1000)}`;

/** "alaivos: 2 that nobody declared (€4.27/month), 1 unknown; 5 places looked at". */
export function summaryOf({ stack, summary, places }: AuditReport): string {
  const cost = showSum(summary.monthlyCost);
  return (
    `${oneLine(stack)}: ${summary.found} that nobody declared${cost === "nothing" ? "" : ` (${cost})`}, ` +
    `${summary.unknown} unknown; ${count(places.length, "place")} looked at`
  );
}
