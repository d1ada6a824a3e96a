import { only, type Numbered, type Step } from "../aspects/steps.ts";
import { JOURNAL_LIBRARY } from "../remote/journal.ts";
import { folderLine, LOCK_LIBRARY, CHANGE_PATIENCE } from "../remote/lock.ts";
import { fn, quote } from "../remote/sh.ts";
import { WRITES } from "../remote/writes.ts";
import { LIBRARY } from "./library.ts";
import { noteAfterPart } from "./noting.ts";
import { bootUnit, rollbackUnit, workFolder, type ApplyNames } from "./names.ts";
import { rollbackPart, undoFunctions } from "./rollback.ts";
import type { Undoing } from "./system.ts";

/** Whether a plan has a change that can cut the line to the host. */
export const isGuarded = (steps: readonly Step[]): boolean => only(steps, "guard").length > 0;

const UNITS = "/etc/systemd/system";

/**
 * Starts the rollback of the guarded services in a unit of its own, which no broken connection ends. It waits for the
 * apply to end, however it ends, then for its confirmation, and then undoes. A second unit undoes at once when the host
 * is started anew before that; there is none where units are not put by hand (NixOS).
 */
export function armPart(plans: readonly Numbered[], names: ApplyNames, undoing: Undoing): string[] {
  const guarded = plans.filter(({ steps }) => isGuarded(steps));
  if (guarded.length === 0) return [];
  const atBoot = bootUnit(names.token);
  return [
    ...disarmFunction(names),
    `{ echo "fleet=$fleet started=$started"; printf '%s\n' ${quote(rollbackScript(guarded, names, undoing))}; } ` +
      `>"$work/rollback"`,
    `: >"$work/armed"`,
    `if [ -w ${UNITS} ]; then`,
    `sed "s,WORK,$work," >${UNITS}/${atBoot} <<'END'`,
    BOOT_UNIT,
    "END",
    `mkdir -p ${UNITS}/sysinit.target.wants && ln -sf ../${atBoot} ${UNITS}/sysinit.target.wants/${atBoot}`,
    `sync "$work/rollback" ${UNITS}/${atBoot}`,
    "fi",
    `systemd-run --quiet --collect --unit=${rollbackUnit(names.token)} --setenv=PATH="$PATH" /bin/sh ` +
      `"$work/rollback" || {`,
    "disarm",
    ...guarded.map(
      ({ n }) =>
        `fail ${n} 'this change can cut the line to the host, ` +
        "and the rollback that guards against it could not be armed'",
    ),
    "}",
  ];
}

/** Goes before whatever reads the files that it puts back. */
const BOOT_UNIT = `[Unit]
Description=Undo a change by fleet that was not confirmed before the host was started anew
DefaultDependencies=no
RequiresMountsFor=WORK
After=local-fs.target
Before=sysinit.target network-pre.target shutdown.target
Conflicts=shutdown.target
[Service]
Type=oneshot
ExecStart=/bin/sh WORK/rollback at-boot`;

const disarmFunction = ({ token }: ApplyNames): string[] =>
  fn("disarm", [
    `rm -f "$work/armed" ${UNITS}/${bootUnit(token)} ${UNITS}/sysinit.target.wants/${bootUnit(token)}`,
    `systemctl stop ${rollbackUnit(token)}`,
    // What a reload in between has read of it.
    `case $(systemctl show -p LoadState --value ${bootUnit(token)}) in loaded) systemctl daemon-reload ;; esac`,
  ]);

/** What has failed was undone at once: nothing is left to guard. */
export function disarmFailedPart(plans: readonly Numbered[]): string[] {
  const guarded = plans.filter(({ steps }) => isGuarded(steps));
  return guarded.length === 0 ? [] : [`${guarded.map(({ n }) => `ok ${n}`).join(" || ")} || disarm`];
}

function rollbackScript(guarded: readonly Numbered[], { token, confirmSeconds }: ApplyNames, undoing: Undoing): string {
  const reasons = {
    "at-boot": "the host was started anew before this change was confirmed, so it undid it by itself",
    "at-once": "it was cut off before its end, so the host undid it",
    "": `no new connection could be made within ${confirmSeconds} s after this change, so the host undid it by itself`,
  };
  return [
    `work=${workFolder(token)} how=$1 later=`,
    LIBRARY,
    WRITES,
    JOURNAL_LIBRARY,
    undoing.library,
    // At boot the units that run are only about to be started.
    "case $how in at-boot) later=--no-block ;; at-once) ;;",
    `*) exec 9>>"$fleet/lock"; flock 9; flock -u 9; sleep ${confirmSeconds}; flock 9 ;; esac`,
    `[ -e "$work/armed" ] || exit 0`,
    `trap 'rm -f "$work/armed"' EXIT`,
    "{",
    ...undoFunctions(guarded, undoing),
    `rm -f ${UNITS}/${bootUnit(token)} ${UNITS}/sysinit.target.wants/${bootUnit(token)}`,
    "case $how in",
    ...Object.entries(reasons).map(([how, reason]) => `${how || "*"}) why=${quote(reason)} ;;`),
    "esac",
    ...guarded.map(({ n }) => `ok ${n} && entered_${n}=yes && fail ${n} "$why"`),
    ...rollbackPart(guarded, undoing),
    ...noteAfterPart(guarded),
    `: >"$work/ended"`,
    `} >"$work/rollback.log" 2>&1`,
    `rm -rf "$work/old"`,
  ].join("\n");
}

/**
 * Goes over a new connection, which proves that the change did not cut the line: confirms it and prints what
 * applyScript() prints. When the host has undone it by then, it says so.
 *
 * @param folder where the journal is, instead of its usual place
 */
export function confirmScript(plans: readonly Numbered[], names: ApplyNames, observe: string, folder?: string): string {
  return [
    folderLine(folder),
    `work=${workFolder(names.token)}`,
    LOCK_LIBRARY,
    LIBRARY,
    ...disarmFunction(names),
    `exec 9>>"$fleet/lock"; flock -w ${CHANGE_PATIENCE} 9 || busy`,
    // Whoever has the lock knows that the change is over; one that did not come to its end is taken back now.
    `if [ -e "$work/armed" ] && [ ! -e "$work/ended" ]; then`,
    `systemctl stop ${rollbackUnit(names.token)}; sh "$work/rollback" at-once`,
    "fi >/dev/null 2>&1",
    `if [ -e "$work/ended" ]; then`,
    `if [ -e "$work/armed" ]; then disarm; fi >/dev/null 2>&1`,
    ...plans.map(({ n }) => `report ${n}`),
    `rm -rf "$work"`,
    "fi",
    "exec 9>&-",
    observe,
  ].join("\n");
}
