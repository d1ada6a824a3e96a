import { accountsPart, filesPart, restoreFunction, validationsPart } from "../service/apply-files.ts";
import { armPart, disarmFailedPart, isGuarded } from "../service/apply-guard.ts";
import type { ApplyNames } from "../service/apply-names.ts";
import { gatePart, rollbackPart, unitsPart, type Manner } from "../service/apply-units.ts";
import { only, type Numbered } from "../service/steps.ts";
import { writeRecordsPart } from "../service/records.ts";
import { besidePath, fn, quote, quoteAll } from "../remote/sh.ts";
import { DATA_FOLDER, dataPath, MODULE, moduleText } from "./data.ts";
import { NIXOS_LIBRARY } from "./library.ts";

/**
 * The commands that carry out the plans of several services of a host with NixOS: all data is evaluated before anything
 * changes; what is outside of NixOS comes next, then one switch for all, then the units and checks of each service.
 */
export function nixosBody(plans: Numbered[], names: ApplyNames): string[] {
  // One service's rollback may take the whole host back, and with it the others.
  const guarded = plans.some(({ steps }) => isGuarded(steps))
    ? plans.map(({ n, steps }): Numbered => ({ n, steps: [{ do: "guard" }, ...steps] }))
    : plans;
  const manner = mannerOf(plans);
  return [
    NIXOS_LIBRARY,
    `readlink "$profile" >"$work/former"`,
    ...plans.flatMap(({ n, steps }) => restoreFunction(n, steps)),
    ...armPart(guarded, names, manner),
    ...evaluatePart(plans),
    ...plans.flatMap(({ n, steps }) => [...accountsPart(n, steps), ...filesPart(n, steps)]),
    ...switchPart(plans),
    ...plans.flatMap(({ n, steps }) => validationsPart(n, steps)),
    ...unitsPart(plans, manner),
    ...gatePart(plans),
    ...writeRecordsPart(plans),
    ...rollbackPart(plans, manner),
    ...disarmFailedPart(guarded),
    "keep_two",
  ];
}

/** Restarts what the switch has left alone; a rollback takes the data back, and then the system. */
const mannerOf = (plans: Numbered[]): Manner => ({
  library: NIXOS_LIBRARY,
  restart: "again restart",
  reload: "again reload-or-restart",
  back: [
    `go_back ${switched(plans)
      .map(({ n }) => n)
      .join(" ")}`,
  ],
});

const switched = (plans: Numbered[]) =>
  plans.flatMap(({ n, steps }) => only(steps, "switch").map(({ service, data }) => ({ n, service, data })));

/** All data at once; when NixOS refuses that, one service after the other, to tell whose fault it is. */
function evaluatePart(plans: Numbered[]): string[] {
  const services = switched(plans);
  if (services.length === 0) return [];
  const takeBack = ({ n, service }: { n: number; service: string }) => `restore ${n}.data ${quote(dataPath(service))}`;
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

const moduleLines = (): string[] => [`mkdir -p -- ${DATA_FOLDER}`, ...writeLines(MODULE, moduleText())];

const dataLines = (n: number, path: string, data: string | undefined): string[] => [
  `keep ${n}.data ${quote(path)}`,
  ...(data === undefined ? [`rm -f -- ${quote(path)}`] : writeLines(path, data)),
];

const writeLines = (path: string, text: string): string[] => [
  `printf '%s' ${quote(text)} >${quote(besidePath(path))}`,
  `mv -fT -- ${quote(besidePath(path))} ${quote(path)}`,
];

/** What a switch says of failed units, the gate finds out for each service; here counts whether it was made at all. */
function switchPart(plans: Numbered[]): string[] {
  const services = switched(plans);
  const units = plans.flatMap(({ steps }) => only(steps, "restart", "reload").map(({ unit }) => unit));
  return [
    `note_invocations ${quoteAll(units)}`,
    ...plans.map(({ n }) => `ok ${n} && entered_${n}=yes`),
    ...(services.length === 0
      ? []
      : [
          `if ${services.map(({ n }) => `ok ${n}`).join(" || ")}; then`,
          `rebuild switch >"$work/switch.log" 2>&1`,
          ...services.flatMap(({ n, service }) => [
            ...fn(`made_${n}`, [`made ${quote(service)}`]),
            `run ${n} 'nixos-rebuild switch failed' made_${n}`,
          ]),
          "fi",
        ]),
  ];
}
