import { fn, quote, quoteAll } from "../../remote/sh.ts";
import type { Aspect } from "../aspect.ts";
import { letGo } from "../before.ts";
import { collect } from "../reading.ts";
import { plainOf, type Shape } from "../shape.ts";
import { only, type Step } from "../steps.ts";
import { attributesText, mustBeNew, quotePaths, type KeptFile } from "./kept.ts";

/**
 * Files with their text, owner and mode; and the files that other aspects keep, such as units. All new ones of a
 * service lie complete beside their places before the first takes its own, by rename.
 */
export const files: Aspect = {
  files: ({ files }) => Object.entries(files).map(([path, file]): KeptFile => ({ path, ...file, kind: "file" })),

  read({ files }, _, { texts }) {
    const { found, unknown } = collect(files, ({ content }, path) => texts.at(path, content));
    return { found: { files: found }, unknown };
  },

  plan(desired, found, so) {
    const [wanted, there] = [so.files(desired), so.files(found)].map((all) =>
      all.filter(({ kind }) => kind !== "data"),
    );
    return planFiles(wanted!, there!, desired.units, (path) => letGo(so.before, "file", path));
  },

  apply: (plans) => plans.flatMap(({ n, service, steps }) => filesPart(n, service, steps)),

  undo: ({ n, steps }) => {
    const touched = touchedPaths(steps);
    return touched.length === 0 ? [] : ["unstage", `restore ${n} ${touched.map(quote).join(" ")}`];
  },
};

/** Files of units that leave the bundle go with the unit. */
function planFiles(
  desired: KeptFile[],
  found: KeptFile[],
  units: Shape["units"],
  letting: (path: string) => ReturnType<typeof letGo>,
): Step[] {
  const old = new Map(found.map((file) => [file.path, file]));
  const kept = new Set(desired.map(({ path }) => path));
  const isRight = (file: KeptFile) => {
    const there = old.get(file.path);
    return there !== undefined && plainOf(there.content) === plainOf(file.content) && !mustBeNew(there.extra);
  };
  const written = desired.filter((file) => !isRight(file));
  const loosened = desired.filter(
    (file) => isRight(file) && attributesText(old.get(file.path)!) !== attributesText(file),
  );
  const gone = found.filter(({ path, unit }) => !kept.has(path) && (unit === undefined || unit in units));
  return [
    ...written.map(({ path, kind, content, mode, owner, group }): Step => ({
      do: "write",
      path,
      kind,
      content: plainOf(content),
      mode,
      owner,
      group,
      was: old.has(path) ? "kept" : "absent",
    })),
    ...loosened.map(({ path, mode, owner, group }): Step => ({
      do: "attributes",
      path,
      mode,
      owner,
      group,
      was: "kept",
    })),
    // Whatever lies beside the files of a declared unit changes it, whoever put it there.
    ...gone.flatMap(({ path, kind, unit }) => letGoOf(path, kind, unit === undefined ? letting(path) : "remove")),
    ...written.filter(({ kind }) => kind === "unit").map(({ path }): Step => ({ do: "verify", path })),
  ];
}

export const letGoOf = (path: string, kind: KeptFile["kind"], how: ReturnType<typeof letGo>): Step[] =>
  how === "leave" ? [] : [{ do: how === "remove" ? "remove" : "bring-back", path, kind }];

/** Every file that a service's plan changes, to be kept and, if need be, put back. */
export const touchedPaths = (steps: readonly Step[]): string[] => [
  ...only(steps, "write", "fetch", "attributes", "remove", "bring-back").map(({ path }) => path),
  ...only(steps, "retire").flatMap(({ paths }) => paths),
];

function filesPart(n: number, service: string, steps: readonly Step[]): string[] {
  const touched = touchedPaths(steps);
  if (touched.length === 0) return [];
  const first = only(steps, "remember")
    .flatMap(({ before }) =>
      before.flatMap((record) => ("file" in record && record.was === "kept" ? [record.file] : [])),
    )
    .filter((path) => touched.includes(path));
  const removed = only(steps, "remove");
  const lines = [
    `keep ${n} ${touched.map(quote).join(" ")}`,
    // What was there before the service is kept as long as the service is there.
    ...(first.length === 0 ? [] : [`keep_for ${quote(service)} ${quoteAll(first)}`]),
    ...only(steps, "write").map(
      ({ path, content, mode, owner, group }) => `stage ${quote(path)} ${mode} ${owner} ${group} ${quote(content)}`,
    ),
    "place",
    ...only(steps, "attributes").map(
      ({ path, mode, owner, group }) => `attributes ${quote(path)} ${mode} ${owner} ${group}`,
    ),
    ...only(steps, "bring-back").map(({ path }) => `bring_back ${quote(service)} ${quote(path)}`),
    ...(removed.length > 0 ? [`drop ${quotePaths(removed)}`] : []),
  ];
  return [...fn(`files_${n}`, lines), `run ${n} 'files could not be written' files_${n}`, `ok ${n} || undo_${n}`];
}
