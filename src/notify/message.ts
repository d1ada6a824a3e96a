import type { Finding, News } from "./findings.ts";
import { count, oneLine } from "../markup/visible.ts";

/** What is told of a look, in words. */
export interface Message {
  title: string;
  lines: string[];
  /** Something is new, and not only over. */
  urgent: boolean;
}

export function messageOf(stack: string, { fresh, resolved }: News): Message {
  const counts = [
    ...(fresh.length > 0 ? [count(fresh.length, "new finding")] : []),
    ...(resolved.length > 0 ? [`${resolved.length.toLocaleString("en")} resolved`] : []),
  ];
  return {
    title: `${stack}: ${counts.join(", ")}`,
    lines: [
      ...fresh.map((finding) => `${finding.kind} ${words(finding)}`),
      ...resolved.map((finding) => `resolved ${words({ ...finding, reason: finding.because })}`),
    ],
    urgent: fresh.length > 0,
  };
}

const words = ({ name, path, reason }: Finding): string =>
  `${oneLine(name)}${path ? ` ${oneLine(path)}` : ""}${reason ? `: ${oneLine(reason, 300)}` : ""}`;

/** ntfy makes a file of a message that has more bytes than this. */
const NTFY_BYTES = 4096;

/** As many lines as fit into a message, and how many more there are. */
export function shortText({ lines }: Message, limit = NTFY_BYTES - 100): string {
  const shown: string[] = [];
  let bytes = 0;
  for (const line of lines) {
    bytes += Buffer.byteLength(line) + 1;
    if (bytes > limit)
      return [...shown, `… and ${lines.length - shown.length} more: \`fleet drift\` shows all`].join("\n");
    shown.push(line);
  }
  return shown.join("\n");
}
