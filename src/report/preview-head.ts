import { code } from "../markup/markdown.ts";
import { brakeRemedy, brakeWords } from "./brake.ts";
import type { MeshChange, PortChange } from "./fleet-changes.ts";
import type { Preview, Unseen } from "./preview.ts";
import { showSum } from "../model/cost.ts";
import { count, withoutMiddle } from "../markup/visible.ts";

/** By its first line a comment is found again. */
export const previewMarker = (stack: string): string =>
  `<!-- fleet preview ${stack.slice(0, 100).replace(/[^A-Za-z0-9_.-]/g, "_")} -->`;

const SHOWN = 12;
const OPS = [
  ["create", "to create"],
  ["update", "to update"],
  ["replace", "to replace"],
  ["delete", "to delete"],
  ["adopt", "to adopt"],
] as const;

/** "2 to create, 1 to delete, 40 unchanged". */
export const totals = ({ summary, problems }: Preview): string =>
  problems.length > 0 && Object.values(summary).every((n) => n === 0)
    ? "no preview"
    : [
        ...OPS.filter(([op]) => summary[op] > 0).map(([op, words]) => `${summary[op].toLocaleString("en")} ${words}`),
        `${summary.same.toLocaleString("en")} unchanged`,
      ].join(", ");

/**
 * What is never cut: the totals and what concerns the fleet as a whole, each list with its middle left out when it is
 * long.
 */
export function commentHead(preview: Preview): string {
  const parts = [
    previewMarker(preview.stack),
    `## ${code(preview.stack)}: ${totals(preview)}`,
    list("**This is not all:**", preview.problems, messageCode),
    preview.brake ? `⚠️ **${brakeWords(preview.brake, code)}**: ${brakeRemedy(preview.brake)}.` : "",
    list(
      "**Could not be looked at, so what changes there is a guess:**",
      byReason(preview.unseen),
      ([reason, names]) =>
        `${names
          .slice(0, 5)
          .map((name) => code(name, 80))
          .join(", ")}${names.length > 5 ? ` and ${names.length - 5} more` : ""}: ${messageCode(reason)}`,
    ),
    cost(preview),
    list("Ports:", preview.compared?.ports ?? [], portWords),
    list("Mesh:", preview.compared?.mesh ?? [], meshWords),
    policies(preview),
    preview.review && preview.resources.length > 0 ? `Plan: ${code(preview.review.digest)}` : "",
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

/** A message of several lines, on one. */
export const messageCode = (message: string): string =>
  code(
    message.trim().replace(/(:?)\s*\n\s*/g, (_, colon) => `${colon || ";"} `),
    400,
  );

function list<T>(title: string, items: readonly T[], write: (item: T) => string): string {
  if (items.length === 0) return "";
  const { head, cut, tail } = withoutMiddle(items, SHOWN);
  return [
    ...(title ? [title] : []),
    "",
    ...head.map((item) => `- ${write(item)}`),
    ...(cut > 0 ? [`- … ${cut.toLocaleString("en")} more …`] : []),
    ...tail.map((item) => `- ${write(item)}`),
  ].join("\n");
}

const byReason = (unseen: readonly Unseen[]): [reason: string, names: string[]][] =>
  [...Map.groupBy(unseen, ({ reason }) => reason)].map(([reason, rows]) => [reason, rows.map(({ name }) => name)]);

function cost({ declared, compared }: Preview): string {
  if (compared) {
    const { before, after } = compared.cost;
    return `Cost: ${before === after ? `${code(after)}, unchanged` : `${code(before)} → **${code(after)}**`}`;
  }
  return declared ? `Cost: ${code(showSum(declared.monthlyCost.active))}` : "";
}

export const portWords = ({ host, port, to, op }: PortChange, write = code): string =>
  `${write(host)} ${op} ${write(port)} ${op === "opens" ? "to" : "for"} ${PORT_WORDS[to]}`;
const PORT_WORDS: Record<PortChange["to"], string> = {
  public: "the public",
  mesh: "the mesh",
  private: "the private network",
};

export const meshWords = ({ what, name, before, after }: MeshChange, write = code): string =>
  changeWords(name === "" ? what : `${what} ${write(name)}`, before, after, write);

const changeWords = (
  thing: string,
  before: string | undefined,
  after: string | undefined,
  write: (text: string) => string,
): string => {
  if (before === undefined) return `${thing} is new: ${write(after!)}`;
  if (after === undefined) return `${thing} goes away: ${write(before)}`;
  return `${thing}: ${write(before)} → ${write(after)}`;
};

function policies({ policies, compared }: Preview): string {
  const numbers = (["kept", "broken", "in words"] as const)
    .map((result) => [policies.filter((policy) => policy.result === result).length, result] as const)
    .filter(([n]) => n > 0);
  if (numbers.length === 0 && !compared?.policies.length) return "";
  const broken = policies.filter(({ result }) => result === "broken");
  const counts = numbers.map(([n, result]) => (result === "broken" ? `**${n} broken**` : `${n} ${result}`));
  return [
    `Policies: ${counts.join(", ") || "none"}`,
    list(
      "",
      broken,
      ({ id, breaches }) =>
        `**broken** ${code(id)}: ` +
        code(breaches[0]!, 300) +
        (breaches.length > 1 ? ` and ${count(breaches.length - 1, "more breach", "more breaches")}` : ""),
    ),
    list(
      "",
      compared?.policies ?? [],
      ({ id, before, after }) => `policy ${changeWords(code(id), before, after, code)}`,
    ),
  ]
    .filter((part) => part !== "")
    .join("\n");
}
