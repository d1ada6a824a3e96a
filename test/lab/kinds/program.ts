import { readFileSync } from "node:fs";
import { declareFleet } from "../../../src/components/fleet/program.ts";
import { fleet } from "../../../src/model/fleet.ts";

/**
 * stacks/main.ts for a fleet of things in clouds that the test has written down: its hosts have no services, so its
 * tunnel has nobody who carries it.
 */
export default (): Promise<void> => {
  const written = JSON.parse(readFileSync(process.env.FLEET_TEST_FLEET!, "utf8")) as Parameters<typeof fleet>[0];
  return declareFleet(fleet(written));
};
