import { deploy } from "../../src/ci/deploy-step.ts";
import { runFleet } from "../../src/ci/runner.ts";

// A job's step as its own process. Argument: the folder with the command that it is to run.
await deploy(process.env, (args, env) => runFleet(args, env, process.argv[2]));
