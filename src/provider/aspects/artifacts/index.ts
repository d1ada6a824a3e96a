import { found as thereIs, type Answer } from "../../remote/answer.ts";
import { PATHS } from "../files/question.ts";
import { want } from "../../remote/question.ts";
import { fn, quote } from "../../remote/sh.ts";
import type { Aspect } from "../aspect.ts";
import { letGo } from "../before.ts";
import { attributesText, mustBeNew } from "../files/kept.ts";
import { letGoOf } from "../files/index.ts";
import { collect } from "../reading.ts";
import type { ArtifactShape } from "../shape.ts";
import { only, type Step } from "../steps.ts";

/** Files that the host fetches, such as programs. What is fetched lies beside its place before any file changes. */
export const artifacts: Aspect = {
  look: ({ artifacts }) =>
    want(
      PATHS,
      Object.keys(artifacts).map((path) => ({ path, as: "hash" as const })),
    ),

  read({ artifacts }, told) {
    if (Object.keys(artifacts).length === 0) return { found: {} };
    const paths = told.to(PATHS);
    const { found, unknown } = collect(artifacts, ({ url }, path): Answer<ArtifactShape> => {
      const answer = paths.paths.of(path);
      if (answer.is !== "found") return answer;
      const { hash, type, mode, owner, group, extra } = answer.value;
      return thereIs({ url, sha256: hash ?? `[${type}]`, mode, owner, group, ...(extra !== undefined && { extra }) });
    });
    return { found: { artifacts: found }, unknown };
  },

  plan: (desired, found, so) => [
    ...Object.entries(desired.artifacts).flatMap(([path, artifact]) => planOne(path, artifact, found.artifacts[path])),
    ...Object.keys(found.artifacts)
      .filter((path) => !(path in desired.artifacts))
      .flatMap((path) => letGoOf(path, "file", letGo(so.before, "file", path))),
  ],

  apply: (plans) =>
    plans.flatMap(({ n, steps }) =>
      only(steps, "fetch").flatMap(({ path, mode, owner, group, url, sha256 }, i) => [
        ...fn(`fetch_${n}_${i}`, [`stage_fetch ${quote(path)} ${mode} ${owner} ${group} ${quote(url)} ${sha256}`]),
        `run ${n} ${quote(`could not be fetched: ${path} from ${url}`)} fetch_${n}_${i}`,
      ]),
    ),
};

function planOne(
  path: string,
  { url, sha256, mode, owner, group }: ArtifactShape,
  old: ArtifactShape | undefined,
): Step[] {
  const attributes = { mode, owner, group };
  if (old?.sha256 !== sha256 || mustBeNew(old.extra))
    return [{ do: "fetch", path, url, sha256, ...attributes, was: old ? "kept" : "absent" }];
  return attributesText(old) === attributesText(attributes)
    ? []
    : [{ do: "attributes", path, ...attributes, was: "kept" }];
}
