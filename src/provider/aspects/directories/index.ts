import { isDeepStrictEqual } from "node:util";
import { fn, quote } from "../../remote/sh.ts";
import type { PathFacts } from "../../remote/path-answers.ts";
import { PATHS } from "../files/question.ts";
import { want } from "../../remote/question.ts";
import type { Aspect, Planning } from "../aspect.ts";
import { letGo } from "../before.ts";
import { quotePaths } from "../files/kept.ts";
import { collect, mapAnswer } from "../reading.ts";
import type { Attributes, DirectoryShape } from "../shape.ts";
import { only, unlessWanted, type Numbered, type Step } from "../steps.ts";
import { emptiedFolders } from "../units/apply.ts";

/** Folders with their owner and mode. What lies in them is none of this; one that is not empty is never removed. */
export const directories: Aspect = {
  look: ({ directories }) =>
    want(
      PATHS,
      Object.keys(directories).map((path) => ({ path, as: "attributes" as const })),
    ),

  read({ directories }, told) {
    if (Object.keys(directories).length === 0) return { found: {} };
    const paths = told.to(PATHS);
    const { found, unknown } = collect(directories, (_, path) => mapAnswer(paths.paths.of(path), directoryAt));
    return { found: { directories: found }, unknown };
  },

  /** A parent comes before what lies in it, and goes after it. */
  plan(desired, found, so) {
    const wrong = Object.entries(desired.directories)
      .filter(([path, directory]) => !isDeepStrictEqual(directory, found.directories[path]))
      .sort(([a], [b]) => a.length - b.length);
    const gone = Object.keys(found.directories)
      .filter((path) => !desired.directories[path])
      .sort((a, b) => b.length - a.length);
    return [
      ...wrong.map(([path, directory]) => directoryStep(path, directory, found.directories[path])),
      ...gone.flatMap((path) => letGoOf(path, found.directories[path]!, so.before)),
    ];
  },

  apply: (plans) =>
    plans.flatMap(({ n, steps }) => {
      const made = only(steps, "directory");
      if (made.length === 0) return [];
      return [
        ...fn(`directories_${n}`, [
          `keep ${n} ${quotePaths(made)}`,
          ...made.map(({ path, mode, owner, group }) => `folder ${quote(path)} ${mode} ${owner} ${group}`),
        ]),
        `run ${n} 'directories could not be made' directories_${n}`,
        `ok ${n} || undo_${n}`,
      ];
    }),

  undo: ({ n, steps }, others) =>
    only(steps, "directory")
      .toReversed()
      .map(({ path }) =>
        unlessWanted(others, n, (step) => step.do === "directory" && step.path === path, `restore ${n} ${quote(path)}`),
      ),
};

/** Folders that nobody needs any more go when they are empty: those of drop-ins, too. */
export function emptyPart(plans: readonly Numbered[]): string[] {
  const lines = plans.flatMap(({ n, steps }) => {
    const paths = [...new Set([...only(steps, "remove-directory").map(({ path }) => path), ...emptiedFolders(steps)])];
    return paths.length === 0 ? [] : [`ok ${n} && drop_folder ${paths.map(quote).join(" ")}`];
  });
  return lines;
}

function directoryStep(path: string, { mode, owner, group }: Attributes, was: DirectoryShape | undefined): Step {
  return {
    do: "directory",
    path,
    mode,
    owner,
    group,
    was: was === undefined || was.is !== undefined ? "absent" : plain(was),
  };
}

const plain = ({ mode, owner, group }: Attributes): Attributes => ({ mode, owner, group });

function letGoOf(path: string, now: DirectoryShape, before: Planning["before"]): Step[] {
  const how = letGo(before, "directory", path);
  if (how === "leave" || now.is !== undefined) return [];
  if (how === "remove") return [{ do: "remove-directory", path }];
  return isDeepStrictEqual(how.restore, plain(now)) ? [] : [directoryStep(path, how.restore, now)];
}

function directoryAt({ type, mode, owner, group, extra }: PathFacts): DirectoryShape {
  return {
    mode,
    owner,
    group,
    ...(extra !== undefined && { extra }),
    ...(type !== "directory" && { is: type }),
  };
}
