import { deployFleet } from "../components/fleet/program.ts";
import { benchFleet } from "./fleet.ts";
import { SERVICES_VARIABLE } from "./stack.ts";

/** stacks/main.ts for a fleet that no folder declares. */
export default (): Promise<void> => deployFleet(benchFleet(Number(process.env[SERVICES_VARIABLE])));
