import { join } from "node:path";
import { binDir, cacheDir, root } from "../setup/paths.ts";

/** The project's own tools come first, and Node keeps what it has compiled. */
export function withTools(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const tools = [binDir, join(root, "node_modules", ".bin")];
  return {
    ...env,
    PATH: [...tools, env.PATH].join(":"),
    NODE_COMPILE_CACHE: join(cacheDir, "node"),
    PULUMI_LANGUAGE_NODEJS_RUN_PATH: join(root, "src", "engine", "run-program.mjs"),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // The engine is a Go program that lives for seconds: it may collect its garbage less often.
    GOGC: env.GOGC ?? "400",
  };
}
