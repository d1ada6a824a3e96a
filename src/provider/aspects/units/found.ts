import { ABSENT, found as thereIs, type Answer, type Unknown } from "../../remote/answer.ts";
import { builtText, installOf } from "../options/data.ts";
import { unusual } from "../files/kept.ts";
import type { FoundFile, Texts } from "../files/texts.ts";
import type { Os, UnitShape } from "../shape.ts";
import { dropInFolder, dropInName, dropInPath, isByHand, isTemplate, unitPath, vendorPath } from "./paths.ts";
import type { UnitFacts } from "./question.ts";

/** A unit as it is: what systemd tells of it, and the files that it reads. Any of them may be unknown. */
export function unitAt(
  name: string,
  declared: UnitShape,
  facts: Answer<UnitFacts>,
  texts: Texts,
  os: Os | undefined,
): Answer<UnitShape> {
  const files = filesOf(name, declared, facts, texts, os);
  if ("why" in files) return files;
  if (facts.is === "unknown" && !isTemplate(name)) return facts;
  const told = facts.is === "found" ? facts.value : TEMPLATE;
  const { text, dropIns, all } = files;
  if (told.loadState === "not-found" && text === undefined && Object.keys(dropIns).length === 0) return ABSENT;

  const attributes = os === "nixos" ? undefined : all.map((file) => unusual(file)).find((words) => words !== undefined);
  const readFrom = isAlias(name, told) ? undefined : readFromOf(name, declared, told);
  return thereIs({
    ...(text !== undefined && { text: textOf(name, declared, text, os) }),
    dropIns: Object.fromEntries(Object.entries(dropIns).map(([dropIn, file]) => [dropIn, file.content])),
    enabled:
      os === "nixos" && isLinked(told.unitFileState, declared)
        ? declared.enabled
        : enabledOf(told.unitFileState, declared),
    active: activeOf(told.activeState, told.subState, declared.active),
    onChange: declared.onChange,
    ...(told.needsReload && { needsReload: true as const }),
    ...(attributes !== undefined && { attributes }),
    ...(readFrom !== undefined && { readFrom }),
  });
}

/** Whether the unit has another name of its own: what lies at that belongs to who declares it by that. */
export const isAlias = (name: string, { id }: UnitFacts): boolean => id !== "" && id !== name;

/** Of a template systemd tells nothing: it neither runs nor is it enabled, as it is declared. */
const TEMPLATE: UnitFacts = {
  id: "",
  loadState: "not-found",
  activeState: "inactive",
  subState: "dead",
  unitFileState: "disabled",
  needsReload: false,
  fragmentPath: "",
  dropInPaths: [],
};

interface UnitFiles {
  text: FoundFile | undefined;
  dropIns: Record<string, FoundFile>;
  all: FoundFile[];
}

/** The unit's own text where it has one, and every drop-in that is there or that systemd has read. */
function filesOf(
  name: string,
  declared: UnitShape,
  facts: Answer<UnitFacts>,
  texts: Texts,
  os: Os | undefined,
): UnitFiles | Unknown {
  const text =
    declared.text !== undefined
      ? texts.at(unitPath(name), os === "nixos" ? builtText(name, declared) : declared.text)
      : os === "nixos"
        ? ABSENT
        : overrideOf(name, facts, texts);
  if (text.is === "unknown") return text;
  const listed =
    os === "nixos"
      ? thereIs(Object.keys(declared.dropIns).map((one) => dropInPath(name, one)))
      : texts.listed(dropInFolder(name));
  if (listed.is === "unknown") return listed;
  const isRead = facts.is === "found" && os !== "nixos" && !isAlias(name, facts.value);
  const read = isRead ? facts.value.dropInPaths.filter(isByHand) : [];
  const dropIns: Record<string, FoundFile> = {};
  for (const path of new Set([...(listed.is === "found" ? listed.value : []), ...read])) {
    const dropIn = dropInName(name, path);
    const own = declared.dropIns[dropIn];
    const file = own === undefined ? texts.discovered(path) : texts.at(path, own);
    if (file.is === "unknown") return file;
    if (file.is === "found") dropIns[dropIn] = file.value;
  }
  const own = text.is === "found" ? text.value : undefined;
  return { text: own, dropIns, all: [...(own ? [own] : []), ...Object.values(dropIns)] };
}

/** What somebody has put in the place of the unit that a package brings ("systemctl edit --full"), read or not yet. */
function overrideOf(name: string, facts: Answer<UnitFacts>, texts: Texts): Answer<FoundFile> {
  const [vendor, own] = [texts.at(vendorPath(name), ""), texts.at(unitPath(name), "")];
  if (vendor.is === "absent" || own.is === "absent") return ABSENT;
  if (vendor.is === "unknown" || own.is === "unknown") return vendor.is === "unknown" ? vendor : own;
  const isRead = facts.is === "found" && facts.value.fragmentPath === unitPath(name);
  const isMasked = facts.is === "found" && facts.value.loadState === "masked";
  return !isMasked && (isRead || own.value.content !== "[symbolic link]") ? own : ABSENT;
}

/** A file that goes before the unit's own: transient, or by systemctl set-property. */
function readFromOf(name: string, { text }: UnitShape, { fragmentPath, loadState }: UnitFacts): string | undefined {
  if (loadState === "masked" || fragmentPath === "" || fragmentPath === unitPath(name) || !isByHand(fragmentPath))
    return undefined;
  return text !== undefined || fragmentPath.startsWith("/run/") || fragmentPath.includes("/system.control/")
    ? fragmentPath
    : undefined;
}

const textOf = (name: string, declared: UnitShape, { content }: FoundFile, os: Os | undefined) =>
  os === "nixos" && declared.text !== undefined && content === builtText(name, declared) ? declared.text : content;

/** On NixOS every unit file is a link; a unit that nothing wants is no more. */
const isLinked = (state: string, declared: UnitShape): boolean =>
  state.startsWith("linked") && Object.values(installOf(declared)).flat().length === 0;

/** A unit that cannot be enabled (static, generated …) is as declared; a masked one neither runs nor starts at boot. */
function enabledOf(state: string, { enabled, active }: UnitShape): UnitShape["enabled"] {
  switch (state) {
    case "enabled":
    case "alias":
      return true;
    case "enabled-runtime":
      return "enabled-runtime";
    case "masked":
    case "masked-runtime":
      return enabled === false && active === false ? false : state;
    case "disabled":
    case "linked":
    case "linked-runtime":
    case "":
      return false;
    default:
      return enabled;
  }
}

/**
 * A unit between two automatic restarts has failed; one that is about to start is as declared, such as a job that its
 * timer runs right now.
 */
function activeOf(state: string, sub: string, declared: UnitShape["active"]): UnitShape["active"] {
  if (state === "active" || state === "reloading" || state === "refreshing") return true;
  const failed = state === "failed" || sub.startsWith("auto-restart");
  if (failed) return declared === false ? false : "failed";
  return state === "activating" ? declared : false;
}
