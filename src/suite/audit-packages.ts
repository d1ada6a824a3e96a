import { execFile } from "node:child_process";
import { z } from "zod";

/** What is known against the packages that run: nothing, something, or nobody could be asked. */
export type PackageAudit =
  | { answer: "clean" }
  | { answer: "findings"; lines: string[] }
  | { answer: "not asked"; reason: string };

/** What counts, by npm's words. */
const GRAVE = ["high", "critical"];
const LIMIT_MS = 60_000;

const reportShape = z.object({
  auditReportVersion: z.literal(2),
  vulnerabilities: z.record(
    z.string(),
    z.object({
      severity: z.string(),
      range: z.string(),
      via: z.array(z.union([z.string(), z.object({ title: z.string(), url: z.string() })])),
    }),
  ),
});
const refusalShape = z.object({ message: z.string() });

/**
 * Asks npm's registry what is known against the packages in the package-lock.json of `folder`, those for development
 * aside. Only a report is an answer: without one, whatever npm ended with, nobody was asked.
 */
export async function auditPackages(folder: string, npm = "npm"): Promise<PackageAudit> {
  const args = ["audit", "--omit=dev", "--json", "--fetch-retries=0"];
  const { stdout, stderr } = await output(npm, args, folder);
  const said = parsed(stdout);
  const report = reportShape.safeParse(said);
  if (report.success) return judged(report.data);
  const { data: refusal } = refusalShape.safeParse(said);
  const reason = refusal?.message || stderr.trim().split("\n").at(-1) || "npm gave no report";
  return { answer: "not asked", reason };
}

/** One line or more for a person, the answer first. */
export function describeAudit(audit: PackageAudit): string {
  switch (audit.answer) {
    case "clean":
      return "npm audit: nothing grave is known against the packages.";
    case "findings":
      return ["npm audit: grave things are known against packages:", ...audit.lines].join("\n  ");
    case "not asked":
      return `npm audit: could not be asked (${audit.reason}).`;
  }
}

function judged({ vulnerabilities }: z.infer<typeof reportShape>): PackageAudit {
  const lines = Object.entries(vulnerabilities)
    .filter(([, { severity }]) => GRAVE.includes(severity))
    .map(([name, { severity, range, via }]) => {
      const why = via.map((by) => (typeof by === "string" ? `through ${by}` : `${by.title}, ${by.url}`));
      return `${name} ${range} (${severity}): ${why.join("; ")}`;
    });
  return lines.length > 0 ? { answer: "findings", lines } : { answer: "clean" };
}

/** npm ends with 1 for findings too, so what it ended with says nothing. */
const output = (npm: string, args: string[], cwd: string): Promise<{ stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    execFile(npm, args, { cwd, maxBuffer: Infinity, timeout: LIMIT_MS }, (error, stdout, stderr) =>
      resolve({ stdout, stderr: stderr || (error?.message ?? "") }),
    );
  });

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
