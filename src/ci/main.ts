import { fail } from "../terminal/output.ts";
import { base } from "./base-step.ts";
import { comment, stale } from "./comment-step.ts";
import { deploy } from "./deploy-step.ts";
import { drift } from "./drift-step.ts";
import { packages } from "./packages-step.ts";
import { preview } from "./preview-step.ts";
import { reviewed } from "./reviewed-step.ts";
import { modules, toolchain } from "./setup-step.ts";
import { checkFiles, touched } from "./touched-step.ts";

/**
 * A step of a workflow: what it works on comes through the environment, so that nothing of a pull request is ever read
 * by a shell.
 */
const STEPS: Record<string, (env: NodeJS.ProcessEnv) => Promise<void>> = {
  modules,
  toolchain,
  touched,
  "check-files": checkFiles,
  base,
  preview,
  comment,
  stale,
  reviewed,
  deploy,
  drift,
  packages,
};

try {
  const name = process.argv[2] ?? "";
  const step = STEPS[name];
  if (!step) throw new Error(`there is no step ${JSON.stringify(name)}: give one of ${Object.keys(STEPS).join(", ")}`);
  await step(process.env);
} catch (error) {
  fail(error);
}
