import { accounts } from "../aspects/accounts/index.ts";
import { artifacts } from "../aspects/artifacts/index.ts";
import type { Aspect } from "../aspects/aspect.ts";
import { gatePart } from "../aspects/checks/gate.ts";
import { checks, validatePart } from "../aspects/checks/index.ts";
import { directories, emptyPart } from "../aspects/directories/index.ts";
import { files } from "../aspects/files/index.ts";
import type { KeptFile } from "../aspects/files/kept.ts";
import { kernel } from "../aspects/kernel/index.ts";
import { builtText, dataPath, isBuiltFile, MODULE, moduleText } from "../aspects/options/data.ts";
import { options } from "../aspects/options/index.ts";
import { throughSwitch } from "../aspects/options/plan.ts";
import { records } from "../aspects/records/index.ts";
import type { Shape } from "../aspects/shape.ts";
import { only, type Numbered } from "../aspects/steps.ts";
import { timeZone } from "../aspects/time-zone/index.ts";
import { unitsPart } from "../aspects/units/apply.ts";
import { units } from "../aspects/units/index.ts";
import { fn, quote, quoteAll } from "../remote/sh.ts";
import { armPart, disarmFailedPart, isGuarded } from "./guard.ts";
import type { ApplyNames } from "./names.ts";
import { NIXOS_LIBRARY } from "./nixos-library.ts";
import { noteAfterPart, noteBeforePart } from "./noting.ts";
import { rollbackPart, undoFunctions } from "./rollback.ts";
import type { System, Undoing } from "./system.ts";

/** NixOS has no cron, and tells nothing of packages: they are what its data says. */
const ASPECTS: readonly Aspect[] = [
  accounts,
  directories,
  artifacts,
  files,
  kernel,
  timeZone,
  units,
  records,
  checks,
  options,
];

/** Restarts what the switch has left alone; a rollback takes the data back, and then the system. */
const undoing: Undoing = {
  library: NIXOS_LIBRARY,
  aspects: [
    ...ASPECTS,
    { undo: ({ n, steps }) => only(steps, "switch").map(({ service }) => takeBack({ n, service })) },
  ],
  restart: "again restart",
  reload: "again reload-or-restart",
  back: (plans) => [
    `go_back ${switched(plans)
      .map(({ n }) => n)
      .join(" ")}`,
  ],
};

/** Hosts whose system is made by nixos-rebuild from data. */
export const nixos: System = {
  aspects: ASPECTS,
  files: (shape, of) => ASPECTS.flatMap((aspect) => aspect.files?.(shape, of) ?? []).map((file) => built(file, shape)),
  planned: (steps, desired, found, of) =>
    throughSwitch(of.service, steps, desired, found, (shape) => nixos.files(shape, of)),
  body: nixosBody,
  undoing,
};

/** Files under /etc that everyone may read, units and drop-ins are made by the switch. */
function built(file: KeptFile, shape: Shape): KeptFile {
  if (file.kind === "data") return file;
  if (file.kind === "file") return isBuiltFile(file.path, file) ? { ...file, built: "copy" } : file;
  // What goes before the unit's own files is not made by the switch.
  if (!file.path.startsWith("/etc/systemd/system/")) return file.kind === "kernel" ? { ...file, built: "link" } : file;
  const content = file.kind === "unit" ? builtText(file.unit!, shape.units[file.unit!]!) : file.content;
  return { ...file, content, built: "link" };
}

/**
 * The commands that carry out the plans of several services of a host with NixOS: all data is evaluated before anything
 * changes; what is outside of NixOS comes next, then one switch for all, then the units and checks of each service.
 */
function nixosBody(plans: readonly Numbered[], names: ApplyNames): string[] {
  // One service's rollback may take the whole host back, and with it the others.
  const guarded = plans.some(({ steps }) => isGuarded(steps))
    ? plans.map((plan): Numbered => ({ ...plan, steps: [{ do: "guard" }, ...plan.steps] }))
    : plans;
  return [
    NIXOS_LIBRARY,
    `readlink "$profile" >"$work/former"`,
    ...undoFunctions(plans, undoing),
    ...armPart(guarded, names, undoing),
    ...noteBeforePart(plans),
    ...evaluatePart(plans),
    ...[accounts, directories, artifacts, files, kernel].flatMap((aspect) => aspect.apply!(plans)),
    ...switchPart(plans),
    ...validatePart(plans),
    ...unitsPart(plans, undoing, []),
    ...emptyPart(plans),
    ...gatePart(plans),
    ...records.apply!(plans),
    ...rollbackPart(plans, undoing),
    ...noteAfterPart(plans),
    ...disarmFailedPart(guarded),
    "keep_two",
  ];
}

const switched = (plans: readonly Numbered[]) =>
  plans.flatMap(({ n, steps }) => only(steps, "switch").map(({ service, data }) => ({ n, service, data })));

/** All data at once; when NixOS refuses that, one service after the other, to tell whose fault it is. */
function evaluatePart(plans: readonly Numbered[]): string[] {
  const services = switched(plans);
  if (services.length === 0) return [];
  return [
    ...moduleLines(),
    ...services.flatMap(({ n, service, data }) => [
      ...fn(`data_${n}`, dataLines(n, dataPath(service), data)),
      `run ${n} 'its data for NixOS could not be written' data_${n}`,
    ]),
    "evaluate || {",
    ...services.map(takeBack),
    ...services.flatMap((service) => [
      ...fn(`evaluate_${service.n}`, [`data_${service.n}`, "evaluate"]),
      `run ${service.n} 'refused by the evaluation of NixOS' evaluate_${service.n}`,
      `ok ${service.n} || ${takeBack(service)}`,
    ]),
    "}",
  ];
}

const takeBack = ({ n, service }: { n: number; service: string }): string =>
  `restore ${n}.data ${quote(dataPath(service))}`;

const moduleLines = (): string[] => [
  ...fn("module", writeLines("module", MODULE, moduleText())),
  `module >"$work/module.log" 2>&1`,
];

const dataLines = (n: number, path: string, data: string | undefined): string[] => [
  `keep ${n}.data ${quote(path)}`,
  ...(data === undefined ? [`drop ${quote(path)}`] : writeLines(`${n}.data`, path, data)),
];

const writeLines = (slot: string, path: string, text: string): string[] => [
  `staged="$work/${slot}.staged"`,
  `stage ${quote(path)} 0644 root root ${quote(text)}`,
  "place",
];

/** What a switch says of failed units, the gate finds out for each service; here counts whether it was made at all. */
function switchPart(plans: readonly Numbered[]): string[] {
  const services = switched(plans);
  const units = plans.flatMap(({ steps }) =>
    only(steps, "unit").flatMap(({ unit, verbs }) =>
      verbs.includes("restart") || verbs.includes("reload") ? [unit] : [],
    ),
  );
  return [
    `note_invocations ${quoteAll(units)}`,
    ...plans.map(({ n }) => `ok ${n} && entered_${n}=yes`),
    ...(services.length === 0
      ? []
      : [
          `if ${services.map(({ n }) => `ok ${n}`).join(" || ")}; then`,
          `rebuild switch >"$work/switch.log" 2>&1`,
          ...services.flatMap(({ n, service }) => [
            ...fn(`made_${n}`, [`is_made ${quote(service)}`]),
            `run ${n} 'nixos-rebuild switch failed' made_${n}`,
          ]),
          "fi",
        ]),
  ];
}
