import { observe } from "../deploy/observe.ts";
import { openDeployed } from "../deploy/open-deployed.ts";
import { STACK } from "./stack.ts";

/** What `fleet drift bench --lab` finds, in numbers. */
export const driftBench = async () => (await observe(await openDeployed(STACK, { lab: true }))).summary;
