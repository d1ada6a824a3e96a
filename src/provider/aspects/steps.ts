import type { AccountsStep } from "./accounts/steps.ts";
import type { ArtifactsStep } from "./artifacts/steps.ts";
import type { ChecksStep } from "./checks/steps.ts";
import type { ContainersStep } from "./containers/steps.ts";
import type { DirectoriesStep } from "./directories/steps.ts";
import type { FilesStep } from "./files/steps.ts";
import type { KernelStep } from "./kernel/steps.ts";
import type { OptionsStep } from "./options/steps.ts";
import type { PackagesStep } from "./packages/steps.ts";
import type { RecordsStep } from "./records/steps.ts";
import type { TimeZoneStep } from "./time-zone/steps.ts";
import type { UnitsStep } from "./units/steps.ts";
import type { Before } from "../remote/journal.ts";

/** One thing to do on a host; each aspect has its own. */
export type Step =
  | PackagesStep
  | AccountsStep
  | DirectoriesStep
  | FilesStep
  | ArtifactsStep
  | KernelStep
  | TimeZoneStep
  | UnitsStep
  | ContainersStep
  | ChecksStep
  | RecordsStep
  | OptionsStep
  | PlanStep;

/** What is no aspect's own. */
export type PlanStep =
  /**
   * Changes that can cut the line to the host: it undoes them by itself when they are not confirmed over a new
   * connection.
   */
  | { do: "guard" }
  /** Nothing of the plan is done, for a reason that names the field and the remedy. */
  | { do: "refuse"; reason: string }
  /** Writes down what was there before the service; from then on it is known. */
  | { do: "remember"; before: Before[] }
  /** All records of the service go with it. */
  | { do: "forget" }
  /** What a change that was cut off has left to be done is done with this one. */
  | { do: "finish"; was: string[] };

/** The plan of one service of a batch, with its number there. */
export interface Numbered {
  n: number;
  service: string;
  steps: readonly Step[];
}

/** The steps of some kinds, in order. */
export const only = <Kind extends Step["do"]>(
  steps: readonly Step[],
  ...kinds: Kind[]
): Extract<Step, { do: Kind }>[] =>
  steps.filter((step): step is Extract<Step, { do: Kind }> => (kinds as string[]).includes(step.do));

/** A command, unless another service of the batch that has not failed wants the same thing. */
export function unlessWanted(
  plans: readonly Numbered[],
  n: number,
  wants: (step: Step) => boolean,
  command: string,
): string {
  const others = plans.filter((plan) => plan.n !== n && plan.steps.some(wants)).map((plan) => `ok ${plan.n}`);
  return others.length === 0 ? command : `${others.join(" || ")} || { ${command}; }`;
}
