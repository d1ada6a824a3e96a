import { PulumiCommand } from "@pulumi/pulumi/automation/index.js";

// A program of its own, so that it can be ended: PulumiCommand.install knows no time limit. Argument: the folder. The
// version is the SDK's.
try {
  await PulumiCommand.install({ root: process.argv[2] });
} catch (error) {
  console.error((error as Error).message.trimEnd());
  process.exitCode = 1;
}
