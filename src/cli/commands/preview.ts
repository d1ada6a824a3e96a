import type { Preview } from "../../report/preview.ts";
import { previewMarkdown } from "../../report/preview-markdown.ts";
import { previewText } from "../../report/preview-text.ts";
import { lookAtClouds } from "../../deploy/cloud-view.ts";
import { withEarlyProvider } from "../../deploy/deployed-stack.ts";
import { CliError, out, outStyle } from "../../terminal/output.ts";
import { previewReport, readBase } from "../preview-report.ts";
import { previewRun } from "../../deploy/preview-run.ts";
import { changesOrFail } from "../../deploy/run-stack.ts";
import { openStack, type OpenStack } from "../../deploy/stack.ts";

export interface PreviewOptions {
  lab?: boolean;
  json?: boolean;
  refresh: boolean;
  format: "text" | "markdown" | "json";
  base?: string;
}

export async function preview(name: string, options: PreviewOptions): Promise<void> {
  const base = options.base === undefined ? undefined : await readBase(options.base, name);
  const open = () =>
    options.refresh
      ? withEarlyProvider(name, options.lab ?? false, () => openStack(name, options))
      : openStack(name, options);
  const plan = async (stack: OpenStack) => previewRun(stack, await lookAtClouds(stack), options.refresh);
  if (options.json) {
    const stack = await open();
    return out(JSON.stringify(changesOrFail(stack, await plan(stack))));
  }
  const report = await previewReport(name, { open, plan }, base);
  show(report, options.format);
  if (report.problems.length > 0) process.exitCode = 1;
}

/** A person is told of problems on stderr, where errors belong; the other formats hold them. */
function show(report: Preview, format: PreviewOptions["format"]): void {
  if (format === "json") return out(JSON.stringify(report));
  if (format === "markdown") return out(previewMarkdown(report).trimEnd());
  if (report.problems.length === 0 || report.resources.length > 0)
    out(previewText({ ...report, problems: [] }, outStyle));
  if (report.problems.length > 0) throw new CliError(report.problems.join("\n"));
}
