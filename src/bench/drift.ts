import { observe } from "../cli/commands/drift.ts";
import { openDeployed } from "../cli/deployed-stack.ts";
import { STACK } from "./stack.ts";

/** What `fleet drift bench --lab` finds, in numbers. */
export const driftBench = async () => (await observe(await openDeployed(STACK, { lab: true }))).summary;
