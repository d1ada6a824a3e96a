import { join } from "node:path";
import type { SetupContext } from "./context.ts";
import { toolchainModule } from "./go-build.ts";
import { ensureGoProgram } from "./go-program.ts";

const name = "actionlint";

/** The path of actionlint, which checks the workflows' YAML. @throws Error when it can't be built */
export const ensureActionlint = (context: SetupContext): Promise<string> =>
  ensureGoProgram(context, { name, module: join(toolchainModule, name), main: `github.com/rhysd/${name}/cmd/${name}` });
