import { runNodeTool } from "./node-tool.ts";

/** Looks for mistakes in `folder` by the rules of its `.oxlintrc.json`. @throws Error with each, its file and line. */
export const findMistakes = (folder: string): Promise<void> =>
  runNodeTool(
    "oxlint/bin/oxlint",
    ["--deny-warnings", "--format=unix"],
    folder,
    "The linter found mistakes; `npm run lint` shows them again:",
  );
