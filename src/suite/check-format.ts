import { runNodeTool } from "./node-tool.ts";

/** Checks that the files in `folder` look as its `.oxfmtrc.json` says. @throws Error with those that do not. */
export const checkFormat = (folder: string): Promise<void> =>
  runNodeTool(
    "oxfmt/bin/oxfmt",
    ["--check", "."],
    folder,
    "Files are not formatted; `npm run format` writes them as they are to be:",
  );
