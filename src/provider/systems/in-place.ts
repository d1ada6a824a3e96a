import { accounts } from "../aspects/accounts/index.ts";
import { artifacts } from "../aspects/artifacts/index.ts";
import type { Aspect } from "../aspects/aspect.ts";
import { gatePart } from "../aspects/checks/gate.ts";
import { checks, validatePart } from "../aspects/checks/index.ts";
import { containers } from "../aspects/containers/index.ts";
import { cron } from "../aspects/cron/index.ts";
import { directories, emptyPart } from "../aspects/directories/index.ts";
import { files } from "../aspects/files/index.ts";
import { kernel } from "../aspects/kernel/index.ts";
import { lostPart, packages } from "../aspects/packages/index.ts";
import { heldPart, HOLD_LIBRARY, LOST_LIBRARY } from "../aspects/packages/install.ts";
import { records } from "../aspects/records/index.ts";
import { only } from "../aspects/steps.ts";
import { timeZone } from "../aspects/time-zone/index.ts";
import { unitsPart, verifyPart } from "../aspects/units/apply.ts";
import { units } from "../aspects/units/index.ts";
import { armPart, disarmFailedPart } from "./guard.ts";
import { noteBeforePart, noteAfterPart } from "./noting.ts";
import { rollbackPart, undoFunctions } from "./rollback.ts";
import type { System, Undoing } from "./system.ts";

/** In the order in which things are made; they are taken back the other way round. */
const ASPECTS: readonly Aspect[] = [
  packages,
  accounts,
  directories,
  artifacts,
  files,
  cron,
  kernel,
  timeZone,
  units,
  containers,
  records,
  checks,
];

const undoing: Undoing = {
  library: "",
  aspects: ASPECTS,
  restart: "systemctl restart --",
  reload: "systemctl reload-or-restart --",
  back: () => ["systemctl daemon-reload"],
};

/** Systems with systemd whose files and units are changed where they are: Debian and Fedora, and what comes of them. */
export const inPlace: System = {
  aspects: ASPECTS,
  files: (shape, of) => ASPECTS.flatMap((aspect) => aspect.files?.(shape, of) ?? []),
  planned: (steps) => steps,
  undoing,

  body: (plans, names) => [
    HOLD_LIBRARY,
    LOST_LIBRARY,
    ...noteBeforePart(plans),
    ...packages.apply!(plans),
    ...undoFunctions(plans, undoing),
    ...armPart(plans, names, undoing),
    ...[accounts, directories, artifacts, files, kernel, timeZone].flatMap((aspect) => aspect.apply!(plans)),
    ...validatePart(plans),
    ...verifyPart(plans),
    ...unitsPart(plans, undoing, heldPart(plans.some(({ steps }) => only(steps, "install").length > 0))),
    ...emptyPart(plans),
    ...gatePart(plans),
    ...records.apply!(plans),
    ...containers.apply!(plans),
    ...lostPart(plans),
    ...rollbackPart(plans, undoing),
    ...noteAfterPart(plans),
    ...disarmFailedPart(plans),
  ],
};
