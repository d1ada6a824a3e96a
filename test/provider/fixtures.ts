import { join } from "node:path";
import { checkService } from "../../src/provider/service/check.ts";
import type { Known } from "../../src/provider/systems/plan.ts";
import { NOTHING, shapeOf, type Shape } from "../../src/provider/aspects/shape.ts";
import type { Properties } from "../../src/plugin/types.ts";

/** Inputs as the engine sends them, defaults filled in. */
export function inputsOf(bundle: object): Properties {
  const { inputs, failures } = checkService({
    host: "ghost-01",
    service: "web",
    connection: { address: "192.0.2.1" },
    ...bundle,
  });
  if (failures.length > 0) throw new Error(JSON.stringify(failures));
  return inputs;
}

export const shape = (bundle: object): Shape => shapeOf(inputsOf(bundle));

/** A secret-looking value that exists only in this run. */
export const madeUp = (): string =>
  `made-up-${Math.random().toString(36).slice(2)}${Math.random().toString(36).slice(2)}`;

/** What is known of a service that was put there before anything was written down. */
export const KNOWN: Known = {
  service: "web",
  lacks: [],
  before: undefined,
  previous: { ...NOTHING, packages: ["what-it-had"] },
  line: { user: "root" },
};

/** Where its code lies. */
export const PROVIDER = join(import.meta.dirname, "../../src/provider");
