import { runNodeTool } from "./node-tool.ts";

/** Checks every type of the project in `folder`. @throws Error with all that the compiler says is wrong. */
export const checkTypes = (folder: string): Promise<void> =>
  runNodeTool("typescript/bin/tsc", ["--project", folder], folder, `tsc --project ${folder} failed:`);
