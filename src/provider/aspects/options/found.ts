import { isDeepStrictEqual } from "node:util";
import type { Answer } from "../../remote/answer.ts";
import { Secret } from "../../../plugin/types.ts";
import { secretsIn } from "../secrets.ts";
import { plainOf, type Content, type Shape, type UnitShape } from "../shape.ts";
import {
  builtDataPaths,
  dataOf,
  dataPath,
  dataText,
  MODULE,
  moduleText,
  optionPath,
  readData,
  type NixData,
  type NixUnit,
} from "./data.ts";

/** Stands for a module that is not fleet's, or not of this release. */
const OTHER_MODULE = "[another module]";

/** The text at a path: as declared when its hash says so, undefined when there is nothing. */
type Look = (path: string, declared: Content) => Content | undefined;

/** All of it, or why a part of what NixOS was made from can't be told. */
export function seenOnNixos(
  service: string,
  declared: Shape,
  found: Shape,
  at: (path: string, declared: Content) => Answer<{ content: Content }>,
): { found: Partial<Shape>; unknown: string[] } {
  const unknown: string[] = [];
  const look: Look = (path, text) => {
    const answer = at(path, text);
    if (answer.is === "unknown") unknown.push(answer.why);
    return answer.is === "found" ? answer.value.content : undefined;
  };
  return { found: foundOnNixos(service, declared, found, look), unknown };
}

/**
 * What was found on a host with NixOS: `found` is what its files, units and accounts say. Where the data of the next
 * switch, of the next boot or of the running system is another than declared, that counts, whatever else is right: it
 * will be so, or was decided there.
 */
export function foundOnNixos(service: string, declared: Shape, found: Shape, look: Look): Shape {
  const text = dataText(declared);
  const wanted = dataOf(declared) ?? readData(undefined);
  const hide = hiding(secretsIn(declared));
  const base = {
    ...found,
    packages: declared.packages,
    options: declared.options,
    files: { ...found.files, ...foundModule(look) },
  };
  return [dataPath(service), ...builtDataPaths(service)].reduce((shape, path) => {
    const actual = look(path, text ?? "");
    return actual === text
      ? shape
      : withData(shape, wanted, readData(actual === undefined ? undefined : plainOf(actual)), hide);
  }, base);
}

/** The module counts as a file that should not be there when it is another; the next switch puts it back. */
function foundModule(look: Look): Shape["files"] {
  const module = look(MODULE, moduleText());
  return module === undefined || module === moduleText()
    ? {}
    : { [MODULE]: { content: OTHER_MODULE, mode: "0644", owner: "root", group: "root" } };
}

/** `found` with everything as the data says that is not as declared there. */
function withData(found: Shape, declared: NixData, actual: NixData, hide: <T>(value: T) => T | Secret): Shape {
  const options = (data: NixData) =>
    Object.fromEntries(data.options.map(({ path, value }) => [optionPath(path), value as Shape["options"][string]]));
  const named = (names: string[]) => Object.fromEntries(names.map((name) => [name, { system: true }]));
  return {
    ...found,
    packages: isDeepStrictEqual(declared.packages, actual.packages) ? found.packages : actual.packages,
    groups: merged(found.groups, named(declared.groups), named(actual.groups), (group) => group),
    users: merged(found.users, declared.users, actual.users, (user) => user),
    files: merged(found.files, declared.files, actual.files, ({ text, ...rest }) => ({ content: hide(text), ...rest })),
    units: merged(found.units, declared.units, actual.units, (unit, name) =>
      foundUnit(unit, declared.units[name], found.units[name], hide),
    ),
    sysctl: merged(found.sysctl, declared.sysctl, actual.sysctl, (value) => value),
    timeZone: declared.timeZone === actual.timeZone ? found.timeZone : actual.timeZone,
    options: merged(found.options, options(declared), options(actual), (value) => hide(value) as typeof value),
  };
}

function foundUnit(
  actual: NixUnit,
  declared: NixUnit | undefined,
  found: UnitShape | undefined,
  hide: (text: string) => Content,
): UnitShape {
  const isText = declared !== undefined && actual.text === declared.text;
  const install = ({ wantedBy, requiredBy, aliases }: NixUnit) => [wantedBy, requiredBy, aliases];
  const isInstall = declared !== undefined && isDeepStrictEqual(install(actual), install(declared));
  return {
    onChange: "restart",
    active: false,
    ...found,
    ...(!isText && actual.text !== undefined && { text: hide(actual.text) }),
    dropIns: merged(found?.dropIns ?? {}, declared?.dropIns ?? {}, actual.dropIns, hide),
    enabled: isInstall ? (found?.enabled ?? true) : install(actual).flat().length > 0,
  };
}

/** Entries that are alike in both data as found, the others as the actual data has them. */
function merged<A, B>(
  found: Record<string, B>,
  declared: Record<string, A>,
  actual: Record<string, A>,
  to: (value: A, key: string) => B,
): Record<string, B> {
  const differs = [...new Set([...Object.keys(declared), ...Object.keys(actual)])].filter(
    (key) => !isDeepStrictEqual(declared[key], actual[key]),
  );
  const kept = Object.entries(found).filter(([key]) => !differs.includes(key));
  return Object.fromEntries([
    ...kept,
    ...differs.filter((key) => key in actual).map((key) => [key, to(actual[key]!, key)] as const),
  ]);
}

/** Somebody may have written one of the service's secrets where it must not be. */
const hiding =
  (secrets: string[]) =>
  <T>(value: T): T | Secret =>
    secrets.some(
      (secret) => secret !== "" && (typeof value === "string" ? value : JSON.stringify(value)).includes(secret),
    )
      ? new Secret(value)
      : value;
