import { want } from "../../remote/question.ts";
import { PATHS } from "../files/question.ts";
import type { Aspect } from "../aspect.ts";
import { attributesOf, type KeptFile } from "../files/kept.ts";
import { collect } from "../reading.ts";
import type { Shape } from "../shape.ts";
import { isAlias, unitAt } from "./found.ts";
import { dropInFolder, dropInPath, unitPath, vendorPath } from "./paths.ts";
import { aliasOf, planUnits } from "./plan.ts";
import { UNITS } from "./question.ts";

/** Units of systemd: their texts and drop-ins, whether they are enabled, whether they run. */
export const units: Aspect = {
  files: ({ units }) => Object.entries(units).flatMap(([unit, shape]) => filesOf(unit, shape)),

  look({ units }, { os }) {
    const names = Object.keys(units);
    return [
      ...want(UNITS, names),
      // On NixOS the folders hold what its own modules say, too.
      ...(os === "nixos"
        ? []
        : want(PATHS, [
            ...names.map((unit) => ({ path: dropInFolder(unit), as: "folder" as const })),
            ...names
              .filter((unit) => units[unit]!.text === undefined)
              .flatMap((unit) => [
                { path: unitPath(unit), as: "text" as const, expected: "" },
                { path: vendorPath(unit), as: "attributes" as const },
              ]),
          ])),
    ];
  },

  read({ units }, told, { texts, os }) {
    if (Object.keys(units).length === 0) return { found: {} };
    const facts = told.to(UNITS);
    const { found, unknown } = collect(units, (unit, name) => unitAt(name, unit, facts(name), texts, os));
    const lacks = Object.keys(units).flatMap((name) => {
      const told = facts(name);
      return told.is === "found" && isAlias(name, told.value) ? [aliasOf(name, told.value.id)] : [];
    });
    return { found: { units: found }, unknown, lacks };
  },

  plan: planUnits,
};

function filesOf(unit: string, { text, dropIns, attributes, readFrom }: Shape["units"][string]): KeptFile[] {
  const own = attributesOf(attributes);
  return [
    ...(text === undefined ? [] : [{ path: unitPath(unit), content: text, ...own, kind: "unit" as const, unit }]),
    ...(readFrom === undefined ? [] : [{ path: readFrom, content: "", ...own, kind: "unit" as const, unit }]),
    ...Object.entries(dropIns).map(([name, content]) => ({
      path: dropInPath(unit, name),
      content,
      ...own,
      kind: "dropIn" as const,
      unit,
    })),
  ];
}
