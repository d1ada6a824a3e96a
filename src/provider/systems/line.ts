import { isDeepStrictEqual } from "node:util";
import { plainOf, type Shape } from "../aspects/shape.ts";
import { only, type Step } from "../aspects/steps.ts";
import { dropInFolder, unitPath } from "../aspects/units/paths.ts";
import { cutting, type Line } from "../remote/harmless.ts";

/** The first thing of a plan that may cut the line to its host; undefined when all of it is known to be harmless. */
export function lineCutBy(steps: readonly Step[], desired: Shape, found: Shape, line: Line): string | undefined {
  const paths = only(
    steps,
    "write",
    "fetch",
    "attributes",
    "remove",
    "bring-back",
    "directory",
    "remove-directory",
  ).map(({ path }) => path);
  const isRewritten = (unit: string) =>
    paths.some((path) => path === unitPath(unit) || path.startsWith(`${dropInFolder(unit)}/`));
  const units = [
    ...only(steps, "unit", "retire").map(({ unit }) => unit),
    ...Object.keys({ ...desired.units, ...found.units }).filter(isRewritten),
  ];
  const textsOf = (name: string): string[] =>
    [desired.units[name], desired.units[name] ? undefined : found.units[name]].flatMap((unit) =>
      unit ? [unit.text ?? "", ...Object.values(unit.dropIns)].map(plainOf) : [],
    );
  return cutting(
    {
      paths,
      units: units.map((name) => ({ name, texts: textsOf(name) })),
      accounts: only(steps, "make-user", "correct-user").map(({ name }) => name),
      groups: [
        ...only(steps, "make-group").map(({ name }) => name),
        ...only(steps, "make-user").flatMap((user) => user.groups),
        ...only(steps, "correct-user").flatMap(({ to, was }) => [...(to.groups ?? []), ...(was.groups ?? [])]),
      ],
      kernel: only(steps, "set-kernel").map(({ key }) => key),
      options: changedOptions(desired, found),
    },
    line,
  );
}

const changedOptions = (desired: Shape, found: Shape): string[] =>
  Object.keys({ ...desired.options, ...found.options }).filter(
    (path) => !isDeepStrictEqual(desired.options[path], found.options[path]),
  );
